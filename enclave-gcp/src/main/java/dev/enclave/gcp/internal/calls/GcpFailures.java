package dev.enclave.gcp.internal.calls;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.Reach;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.spi.BackendFailure;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What gRPC threw, in the engine's words: by status, reason and whether the request was sent. The
 * texts of Google and of gRPC stay out of it, since they may quote the request.
 */
final class GcpFailures {

  /** gRPC ends calls by another clock than the one that deadlines are given in. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMillis(100);

  /** Which project made a call, in an ErrorInfo of Google's (google/api/error_reason.proto). */
  private static final Pattern PROJECT = Pattern.compile("projects/[a-z0-9][a-z0-9.:-]{0,62}");

  /** IAM, "Permissions reference". */
  private static final Pattern PERMISSION = Pattern.compile("cloudkms(\\.[a-zA-Z]{1,40}){2}");

  /** What may be quoted of a reason that a server has chosen. */
  private static final Pattern PLAIN = Pattern.compile("[A-Z][A-Z0-9_]{1,62}");

  private static final Metadata.Key<com.google.rpc.Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin",
          ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

  /**
   * A checksum that did not match has the status of any wrong request, and no reason. Google
   * documents this text ("Data integrity guidelines", Cloud KMS documentation), and its own gcloud
   * goes by it. It decides about another attempt alone.
   */
  private static final Pattern CHECKSUM =
      Pattern.compile(
          "The checksum in field \\S{1,100} did not match the data in field \\S{1,100}");

  private GcpFailures() {}

  /**
   * Translates a failed request.
   *
   * @param subject what it was about
   * @param notSentTo where it was to go, if it cannot have reached the service
   * @param attempt which attempt of the operation it was, counted from 1
   * @param left how much of the call's time was left when it failed
   */
  static BackendFailure of(
      GcpOperation<?, ?> operation,
      String subject,
      StatusRuntimeException thrown,
      Optional<String> notSentTo,
      int attempt,
      Duration left) {
    Status.Code status = thrown.getStatus().getCode();
    boolean sent = notSentTo.isEmpty();
    Optional<ErrorInfo> info = detail(thrown, ErrorInfo.class);
    RemoteRequest request =
        // What was not sent has changed nothing.
        new RemoteRequest(
            operation.method().getBareMethodName(), operation.changes() && sent, subject);
    Obstacle obstacle = Obstacle.of(thrown);
    boolean plain = !sent && notSentTo.get().startsWith("http:");
    if (!sent && status == Status.Code.UNAVAILABLE && obstacle == Obstacle.OTHER && plain) {
      return request.lost("the connection broke before anything was sent", reach(notSentTo.get()));
    }
    if (!sent && obstacle != Obstacle.OTHER) {
      return request.notSent(obstacle.observed(thrown), obstacle, reach(notSentTo.get()));
    }
    String reason = info.map(ErrorInfo::getReason).filter(GcpFailures::plain).orElse("");
    String observed =
        (sent ? "Cloud KMS answered " : "not sent to " + notSentTo.get() + ", ")
            + status
            + (reason.isEmpty()
                ? ""
                : " (" + reason + info.map(GcpFailures::caller).orElse("") + ")");
    ErrorRule rule = GcpErrors.of(rule(thrown.getStatus(), reason, left), operation);
    String missing =
        rule.equals(GcpErrors.DENIED)
            ? "; the permission is "
                + info.flatMap(GcpFailures::permission).orElse(operation.permission())
            : "";
    return request.refused(rule, observed + missing, retryAfter(thrown), attempt);
  }

  private static Reach reach(String place) {
    return new Reach(
        place,
        "enclave.gcp-kms.endpoint",
        "name it in enclave.gcp-kms.endpoint-certificate where the server is not Google's own",
        "the endpoint and its name");
  }

  /** Some requests need more than one; Google tells which it missed. */
  private static Optional<String> permission(ErrorInfo info) {
    return Optional.of(info.getMetadataOrDefault("permission", ""))
        .filter(name -> PERMISSION.matcher(name).matches());
  }

  /** A deadline that is not the call's was one of Google's own: it failed on its side. */
  private static ErrorRule rule(Status status, String reason, Duration left) {
    ErrorRule rule = GcpErrors.of(status.getCode(), reason);
    if (rule.equals(GcpErrors.ARGUMENT) && damaged(status.getDescription())) {
      return GcpErrors.DAMAGED;
    }
    return rule.equals(GcpErrors.DEADLINE) && left.compareTo(CLOCKS_DIFFER) > 0
        ? GcpErrors.BROKEN
        : rule;
  }

  /** Each attempt computes the checksums anew, of what it sends: they are not what is wrong. */
  private static boolean damaged(@Nullable String description) {
    return description != null && CHECKSUM.matcher(description).lookingAt();
  }

  private static Optional<Duration> retryAfter(StatusRuntimeException thrown) {
    return detail(thrown, RetryInfo.class)
        .map(RetryInfo::getRetryDelay)
        .filter(delay -> delay.getSeconds() >= 0 && delay.getNanos() >= 0)
        .map(delay -> Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
  }

  /** Which project Google takes for the caller's: often not the one that somebody thinks of. */
  private static String caller(ErrorInfo info) {
    String consumer = info.getMetadataOrDefault("consumer", "");
    return PROJECT.matcher(consumer).matches() ? " for " + consumer : "";
  }

  private static boolean plain(String reason) {
    return PLAIN.matcher(reason).matches();
  }

  private static <T extends Message> Optional<T> detail(
      StatusRuntimeException thrown, Class<T> kind) {
    com.google.rpc.@Nullable Status details = details(thrown);
    if (details == null) {
      return Optional.empty();
    }
    for (Any any : details.getDetailsList()) {
      try {
        if (any.is(kind)) {
          return Optional.of(any.unpack(kind));
        }
      } catch (InvalidProtocolBufferException e) {
        // Somebody's nonsense says nothing; the status does.
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static com.google.rpc.@Nullable Status details(StatusRuntimeException thrown) {
    Metadata trailers = thrown.getTrailers();
    try {
      return trailers == null ? null : trailers.get(DETAILS);
    } catch (IllegalArgumentException e) {
      // Bytes that are no status.
      return null;
    }
  }
}

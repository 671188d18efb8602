package dev.enclave.gcp.internal;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.kit.Reach;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.spi.BackendFailure;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What gRPC threw, in the engine's words: by status, reason and whether the request was sent. The
 * texts of Google and of gRPC stay out of it, since they may quote the request.
 */
public final class GcpFailures {

  /** The statuses of {@code API_OFF} and {@code NO_USER_PROJECT}, with one of their reasons. */
  public static final List<Status.Code> WITH_REASON =
      List.of(Status.Code.PERMISSION_DENIED, Status.Code.FAILED_PRECONDITION);

  /**
   * What gRPC's statuses and the reasons of {@code google.rpc.ErrorInfo} mean; names with a slash
   * are of what makes or imports keys. From gRPC's "Status codes and their use in gRPC", {@code
   * google/rpc/code.proto} and {@code google/api/error_reason.proto}.
   */
  public static final ErrorTable TABLE =
      ErrorTable.of(
          """
          API_OFF permanent MISCONFIGURED: SERVICE_DISABLED BILLING_DISABLED CONSUMER_SUSPENDED \
              CONSUMER_INVALID
            Enable cloudkms.googleapis.com in the calling project, and see that its billing account
            is active. That need not be the key ring's project: it is the service account's own, or
            a person's quota project, which gcloud auth application-default set-quota-project sets.
          NO_USER_PROJECT permanent MISCONFIGURED: USER_PROJECT_DENIED
            Grant serviceusage.services.use on the quota project (the role Service Usage Consumer),
            or name another one by gcloud auth application-default set-quota-project.
          EXPIRED passing ACCESS_DENIED: UNAUTHENTICATED
            Google does not take the access token; a new one is fetched. If it stays so, renew what
            it comes from.
          DENIED permanent ACCESS_DENIED: PERMISSION_DENIED
            Grant the permission on the key ring or the key, or see that it exists: Google does not
            tell which. enclave doctor --iam prints what the identity needs. A role that was granted
            within the last ten minutes may not count yet: then try again.
          THROTTLE throttled THROTTLED: RESOURCE_EXHAUSTED
            Send less, or ask Google for a higher quota of Cloud KMS.
          MAKING_THROTTLE throttled THROTTLED: RESOURCE_EXHAUSTED/making RESOURCE_EXHAUSTED/import
            Google makes and imports so many HSM keys a minute in one location, a limit that it does
            not raise: wait a minute, and make fewer at once. Or the project's write requests are
            used up: ask Google for a higher quota of these.
          NOT_FOUND permanent NOT_FOUND: NOT_FOUND
            Check the name, the project, the location and the key ring.
          EXISTS permanent ALREADY_EXISTS: ALREADY_EXISTS
            Use what is there, or take another name.
          STATE permanent INVALID_STATE: FAILED_PRECONDITION
            Look at the version's state: pending, disabled, or scheduled for destruction.
          DAMAGED passing CORRUPT
            The request was damaged on its way: what arrived has another checksum. If it stays so,
            look at this machine's memory, and at what stands between it and Google.
          ARGUMENT permanent REJECTED: INVALID_ARGUMENT OUT_OF_RANGE
            Google finds the request wrong. Check the names: of the project, the location and the
            key.
          MAKING_ARGUMENT permanent REJECTED: INVALID_ARGUMENT/making OUT_OF_RANGE/making
            Google does not make this in an HSM there. Take another algorithm, or a location whose
            HSMs have it: not every location has HSMs, and not every HSM has every algorithm.
          IMPORT_ARGUMENT permanent REJECTED: INVALID_ARGUMENT/import OUT_OF_RANGE/import
            Google does not take the private key for this algorithm: its length or format is wrong,
            or the import job is of another method or location. Nothing was imported. Check that the
            backup is one of a key of this algorithm, and that the location's HSMs have it.
          IMPORT_STATE permanent INVALID_STATE: FAILED_PRECONDITION/import
            Look at the import job's state: it may be pending or have expired. gcloud kms
            import-jobs describe tells it.
          UNIMPLEMENTED permanent UNSUPPORTED: UNIMPLEMENTED
            What answers there does not know this request. Check the endpoint.
          CONCURRENT transient UNAVAILABLE: ABORTED
            Another change was under way; nothing happened.
          DEADLINE ambiguous TIMEOUT: DEADLINE_EXCEEDED
            No answer came before the deadline. Allow more time, or look at the network.
          BROKEN ambiguous UNAVAILABLE: UNAVAILABLE INTERNAL UNKNOWN DATA_LOSS CANCELLED
            The connection broke, or Google failed on its side. Look at the network; if it lasts, at
            the Google Cloud Service Health dashboard.
          """);

  private static final List<ErrorRule> BY_REASON =
      List.of(TABLE.rule("API_OFF"), TABLE.rule("NO_USER_PROJECT"));

  /** gRPC ends calls by another clock than the one that deadlines are given in. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMillis(100);

  /** Which project made a call, in an ErrorInfo of Google's (google/api/error_reason.proto). */
  private static final Pattern PROJECT = Pattern.compile("projects/[a-z0-9][a-z0-9.:-]{0,62}");

  /** IAM, "Permissions reference". */
  private static final Pattern PERMISSION = Pattern.compile("cloudkms(\\.[a-zA-Z]{1,40}){2}");

  /** What may be quoted of a reason that a server has chosen. */
  private static final Pattern PLAIN = Pattern.compile("[A-Z][A-Z0-9_]{1,62}");

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

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
    RemoteRequest asked = operation.on(subject);
    // What was not sent has changed nothing.
    RemoteRequest request = new RemoteRequest(asked.operation(), asked.changes() && sent, subject);
    if (!sent) {
      Obstacle obstacle = Obstacle.of(thrown);
      String place = notSentTo.get();
      Reach reach =
          new Reach(
              place,
              "enclave.gcp-kms.endpoint",
              Texts.TRUST_CERTIFICATE.with(),
              Texts.ENDPOINT_AND_NAME.with());
      if (obstacle != Obstacle.OTHER) {
        return request.notSent(obstacle.observed(thrown), obstacle, reach);
      }
      if (status == Status.Code.UNAVAILABLE && place.startsWith("http:")) {
        return request.lost(Texts.CONNECTION_BROKE.with(), reach);
      }
    }
    ErrorInfo info = detail(thrown, ErrorInfo.class).orElse(ErrorInfo.getDefaultInstance());
    String reason = PLAIN.matcher(info.getReason()).matches() ? info.getReason() : "";
    // Which project Google takes for the caller's: often not the one that somebody thinks of.
    String caller = told(info, "consumer", PROJECT).map(named -> Texts.FOR.with(named)).orElse("");
    ErrorRule rule = rule(thrown.getStatus(), reason, operation, left);
    String observed =
        (sent ? Texts.ANSWERED.with() : Texts.NOT_SENT_TO.with(notSentTo.get()))
            + status
            + (reason.isEmpty() ? "" : " (" + reason + caller + ")");
    if (rule.equals(TABLE.rule("DENIED"))) {
      // Some requests need more than one; Google tells which it missed.
      String missing = told(info, "permission", PERMISSION).orElse(operation.permission());
      observed += Texts.PERMISSION_IS.with(missing);
    }
    Optional<Duration> retryAfter =
        detail(thrown, RetryInfo.class)
            .map(RetryInfo::getRetryDelay)
            .filter(delay -> delay.getSeconds() >= 0 && delay.getNanos() >= 0)
            .map(delay -> Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
    return request.refused(rule, observed, retryAfter, attempt);
  }

  private static Optional<String> told(ErrorInfo info, String name, Pattern form) {
    return Optional.of(info.getMetadataOrDefault(name, ""))
        .filter(text -> form.matcher(text).matches());
  }

  /**
   * The rule for an answer; a reason counts where access or a precondition is refused, and the
   * operation where it tells what can be wrong.
   */
  private static ErrorRule rule(
      Status status, String reason, GcpOperation<?, ?> operation, Duration left) {
    Status.Code code = status.getCode();
    String text = Optional.ofNullable(status.getDescription()).orElse("");
    // Each attempt computes the checksums anew, of what it sends: they are not what is wrong.
    if ((code == Status.Code.INVALID_ARGUMENT || code == Status.Code.OUT_OF_RANGE)
        && CHECKSUM.matcher(text).lookingAt()) {
      return TABLE.rule("DAMAGED");
    }
    // A deadline that is not the call's was one of Google's own: it failed on its side.
    if (code == Status.Code.DEADLINE_EXCEEDED && left.compareTo(CLOCKS_DIFFER) > 0) {
      return TABLE.rule("BROKEN");
    }
    String kind =
        operation.equals(GcpOperation.IMPORT_VERSION)
            ? "/import"
            : operation.permission().endsWith(".create") ? "/making" : "/using";
    return TABLE
        .find(reason)
        .filter(rule -> WITH_REASON.contains(code) && BY_REASON.contains(rule))
        .or(() -> TABLE.find(code + kind, code.name()))
        .orElse(TABLE.rule("BROKEN"));
  }

  private static <T extends Message> Optional<T> detail(
      StatusRuntimeException thrown, Class<T> kind) {
    Optional<byte[]> details = Optional.ofNullable(thrown.getTrailers()).map(t -> t.get(DETAILS));
    try {
      for (Any any :
          com.google.rpc.Status.parseFrom(details.orElse(new byte[0])).getDetailsList()) {
        if (any.is(kind)) {
          return Optional.of(any.unpack(kind));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      // Somebody's nonsense, or bytes that are no status, say nothing; the status does.
    }
    return Optional.empty();
  }
}

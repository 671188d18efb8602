package dev.enclave.aws.internal.calls;

import dev.enclave.BackendId;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.RequestSlots;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.ReadThreads;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DryRunOperationException;
import software.amazon.awssdk.services.kms.model.KmsResponse;

/**
 * Single requests to KMS: each ends by the deadline, tells its request id, and fails in the
 * engine's words. Thread-safe.
 */
public final class KmsCalls {

  /**
   * One request.
   *
   * @param <R> its answer
   */
  @FunctionalInterface
  public interface Request<R extends KmsResponse> {
    R send(KmsClient kms, AwsRequestOverrideConfiguration limits);
  }

  private final AwsSession session;
  private final ReadThreads threads = new ReadThreads(BackendId.AWS_KMS, KmsRefusals.COMMON);
  private final RequestGate gate;
  private final RequestSlots slots;
  private final FreshKeys fresh = new FreshKeys();

  /** Takes {@code session} over: it ends when the gate is closed. */
  public KmsCalls(AwsSession session) {
    this.session = session;
    this.slots =
        new RequestSlots(
            session.connections(),
            "Raise enclave.aws-kms.connections, or let fewer calls be under way at once.");
    this.gate =
        new RequestGate(
            KmsRefusals.COMMON,
            () -> {
              session.close();
              threads.close();
            });
  }

  /** What each of them passes. */
  public RequestGate gate() {
    return gate;
  }

  /** For those that are sent beside each other. */
  public ParallelReads threads() {
    return threads;
  }

  /**
   * Sends it.
   *
   * @param subject what it is about, as a failure names it
   */
  public <R extends KmsResponse> R send(
      KmsOperation operation, String subject, CallContext call, Request<R> request)
      throws BackendFailure {
    try {
      return raw(operation.on(subject), call, request);
    } catch (SdkException e) {
      throw failure(operation, subject, e, call);
    }
  }

  /** Sends it; nothing if what it names does not exist. */
  public <R extends KmsResponse> Optional<R> find(
      KmsOperation operation, String subject, CallContext call, Request<R> request)
      throws BackendFailure {
    return RequestGate.unless(FailureCode.NOT_FOUND, () -> send(operation, subject, call, request));
  }

  /**
   * Sends it; false if what it would make exists.
   *
   * @param keyId the key that {@code subject} is to name
   */
  public boolean claim(
      KmsOperation operation,
      String subject,
      String keyId,
      CallContext call,
      Request<? extends KmsResponse> request)
      throws BackendFailure {
    try {
      return RequestGate.unless(
              FailureCode.ALREADY_EXISTS, () -> send(operation, subject, call, request))
          .isPresent();
    } catch (BackendFailure e) {
      throw fresh.unlessFresh(e, keyId, call);
    }
  }

  /** That a key was made now, whose tags policies may see minutes later. */
  public void noteMade(String keyId, CallContext call) {
    fresh.note(keyId, call);
  }

  /**
   * Sends it, and hands what KMS refused to the caller.
   *
   * @return the refusal; nothing if it was carried out
   */
  public Optional<AwsServiceException> refusal(
      KmsOperation operation,
      String subject,
      CallContext call,
      Request<? extends KmsResponse> request)
      throws BackendFailure {
    try {
      raw(operation.on(subject), call, request);
      return Optional.empty();
    } catch (AwsServiceException e) {
      return Optional.of(e);
    } catch (SdkException e) {
      throw failure(operation, subject, e, call);
    }
  }

  private <R extends KmsResponse> R raw(RemoteRequest asked, CallContext call, Request<R> request)
      throws BackendFailure {
    gate.requireOpen();
    Duration before = call.remaining();
    session.credentials().ready(call);
    try (RequestSlots.Slot slot = slots.enter(asked, before, call)) {
      return sent(slot, call, request);
    }
  }

  private <R extends KmsResponse> R sent(
      RequestSlots.Slot slot, CallContext call, Request<R> request) throws BackendFailure {
    gate.requireOpen();
    Duration left = gate.timeLeft(call);
    try {
      R answer = request.send(session.kms(), within(left));
      call.requested(answer.responseMetadata().requestId());
      tellTime(answer.sdkHttpResponse(), call);
      return answer;
    } catch (AwsServiceException e) {
      if (e.requestId() != null) {
        call.requested(e.requestId());
      }
      if (e.awsErrorDetails() != null) {
        tellTime(e.awsErrorDetails().sdkHttpResponse(), call);
      }
      throw e;
    } catch (SdkException e) {
      if (AwsFailures.isLate(e) && !gate.closed()) {
        throw slot.late();
      }
      throw e;
    } catch (IllegalStateException e) {
      gate.requireOpen();
      throw e;
    }
  }

  private static void tellTime(@Nullable SdkHttpResponse answer, CallContext call) {
    if (answer != null) {
      answer
          .firstMatchingHeader("Date")
          .flatMap(ClockDifference::instant)
          .ifPresent(call::answeredAt);
    }
  }

  private static AwsRequestOverrideConfiguration within(Duration left) {
    // Each call is one attempt, so this bounds that too, and by one timer.
    return AwsRequestOverrideConfiguration.builder().apiCallTimeout(left).build();
  }

  public BackendFailure failure(
      KmsOperation operation, String subject, SdkException e, CallContext call) {
    if (gate.closed()) {
      return KmsRefusals.COMMON.closed();
    }
    BackendFailure failure = AwsFailures.of(operation.on(subject), e, call.attempt());
    return operation == KmsOperation.CREATE_KEY
        ? KmsRefusals.creationDenied(failure)
        : fresh.unlessFresh(failure, subject, call);
  }

  /** Whether it only was not carried out because nothing was to be. */
  public static boolean isDryRun(SdkException e) {
    return e instanceof DryRunOperationException;
  }
}

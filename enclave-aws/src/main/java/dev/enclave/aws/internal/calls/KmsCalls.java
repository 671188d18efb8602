package dev.enclave.aws.internal.calls;

import dev.enclave.BackendId;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.RequestSlots;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.kit.key.RemoteCalls;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.kms.model.DryRunOperationException;
import software.amazon.awssdk.services.kms.model.KmsRequest;
import software.amazon.awssdk.services.kms.model.KmsResponse;

/**
 * Single requests to KMS: each ends by the deadline, tells its request id, and fails in the
 * engine's words. Thread-safe.
 */
public final class KmsCalls extends RemoteCalls {

  /** What is refused, in the words that all clouds' key services have for it. */
  public static final Refusals REFUSALS = new Refusals(BackendId.AWS_KMS, Texts.SERVICE.with());

  /** Five minutes until policies see new tags, and one for an answer that was late. */
  private static final Duration UNSEEN = Duration.ofMinutes(6);

  private final AwsSession session;
  private final RequestSlots slots;

  /** The KMS keys that this process made just now, and when. */
  private final Map<String, Long> made = BoundedMap.of(1_000);

  /** Takes {@code session} over: it ends when the gate is closed. */
  public KmsCalls(AwsSession session) {
    super(REFUSALS, session::close);
    this.session = session;
    this.slots = new RequestSlots(session.connections(), Texts.RAISE_CONNECTIONS.with());
  }

  /**
   * Sends it, made of what {@code request} puts in.
   *
   * @param subject what it is about, as a failure names it
   */
  public <B extends KmsRequest.Builder, R extends KmsResponse> R send(
      KmsOperation<B, R> operation, String subject, CallContext call, Consumer<B> request)
      throws BackendFailure {
    Tried<R> tried = tried(operation, subject, call, request);
    if (tried.failure().isPresent()) {
      throw tried.failure().get();
    }
    return tried.answer().orElseThrow();
  }

  /** Sends it; nothing if what it names does not exist. */
  public <B extends KmsRequest.Builder, R extends KmsResponse> Optional<R> find(
      KmsOperation<B, R> operation, String subject, CallContext call, Consumer<B> request)
      throws BackendFailure {
    return RequestGate.unless(FailureCode.NOT_FOUND, () -> send(operation, subject, call, request));
  }

  /** Gives a key an alias; false if that is taken. */
  public boolean claim(String alias, String keyId, CallContext call) throws BackendFailure {
    try {
      send(KmsOperation.CREATE_ALIAS, alias, call, r -> r.aliasName(alias).targetKeyId(keyId));
      return true;
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.ALREADY_EXISTS) {
        return false;
      }
      throw unlessFresh(e, keyId, call);
    }
  }

  /** The way to KMS. */
  public AwsSession session() {
    return session;
  }

  /** That a key was made now, whose tags policies may see minutes later. */
  public void noteMade(String keyId, CallContext call) {
    made.put(keyId, call.time().nanoTime());
  }

  /**
   * What became of a request, unless nothing was heard of it.
   *
   * @param code of the error that KMS refused it by; empty if it was carried out, or was not only
   *     since it was a dry run
   * @param failure the same in the engine's words
   */
  public record Tried<R>(Optional<R> answer, String code, Optional<BackendFailure> failure) {

    /** Whether a policy refuses it, and not that who asks is unknown. */
    public boolean denied() {
      return code.equals("AccessDeniedException");
    }
  }

  /** Sends it, and hands what KMS refused to the caller. */
  public <B extends KmsRequest.Builder, R extends KmsResponse> Tried<R> tried(
      KmsOperation<B, R> operation, String subject, CallContext call, Consumer<B> request)
      throws BackendFailure {
    gate().requireOpen();
    Duration before = call.remaining();
    session.credentials().ready(call);
    try (RequestSlots.Slot slot = slots.enter(operation.on(subject), before, call)) {
      gate().requireOpen();
      // Each call is one attempt, so this bounds that too, and by one timer.
      AwsRequestOverrideConfiguration limits =
          AwsRequestOverrideConfiguration.builder().apiCallTimeout(gate().timeLeft(call)).build();
      try {
        R answer =
            operation
                .sender()
                .apply(session.kms(), request.andThen(r -> r.overrideConfiguration(limits)));
        observed(call, answer.responseMetadata().requestId(), answer.sdkHttpResponse());
        return new Tried<>(Optional.of(answer), "", Optional.empty());
      } catch (AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        observed(call, e.requestId(), details == null ? null : details.sdkHttpResponse());
        if (AwsFailures.expired(e)) {
          session.credentials().refused();
        }
        return e instanceof DryRunOperationException
            ? new Tried<>(Optional.empty(), "", Optional.empty())
            : new Tried<>(
                Optional.empty(),
                AwsFailures.errorCode(e),
                Optional.of(failure(operation, subject, e, call)));
      } catch (SdkException e) {
        throw AwsFailures.isLate(e) && !gate().closed()
            ? slot.late()
            : failure(operation, subject, e, call);
      } catch (IllegalStateException e) {
        gate().requireOpen();
        throw e;
      }
    }
  }

  private static void observed(
      CallContext call, @Nullable String requestId, @Nullable SdkHttpResponse answer) {
    observed(
        call,
        Optional.ofNullable(requestId),
        Optional.ofNullable(answer).flatMap(head -> head.firstMatchingHeader("Date")));
  }

  private BackendFailure failure(
      KmsOperation<?, ?> operation, String subject, SdkException e, CallContext call) {
    return unlessClosed(
        () -> {
          BackendFailure failure = AwsFailures.of(operation.on(subject), e, call.attempt());
          if (!operation.equals(KmsOperation.CREATE_KEY)) {
            return unlessFresh(failure, subject, call);
          }
          // AWS denies it as well where a key's tags are what may not be made.
          return denied(failure)
              ? failure.advising(Texts.NEEDS_TAGGING.with(failure.advice().orElse("")))
              : failure;
        });
  }

  private static boolean denied(BackendFailure failure) {
    return failure.code() == FailureCode.ACCESS_DENIED
        && failure.failureClass() == FailureClass.PERMANENT;
  }

  /**
   * The failure, which passes if it is a denial that new tags explain. AWS may take five minutes
   * until policies see the tags and aliases of a key ("ABAC for AWS KMS"); until then a permission
   * that depends on them is denied, and nobody can tell that from one that is missing.
   *
   * @param key id or ARN of the key that it is about
   */
  private BackendFailure unlessFresh(BackendFailure failure, String key, CallContext call) {
    String id = KmsNames.keyId(key).orElse(key);
    Long at = made.get(id);
    if (!denied(failure) || at == null || call.time().nanoTime() - at > UNSEEN.toNanos()) {
      return failure;
    }
    BackendFailure passing =
        Texts.MADE_JUST_NOW
            .transientFailure(FailureCode.ACCESS_DENIED, failure.observed(), id)
            .naming(id)
            .naming(failure.names());
    return failure.providerRequestId().map(passing::withProviderRequestId).orElse(passing);
  }
}

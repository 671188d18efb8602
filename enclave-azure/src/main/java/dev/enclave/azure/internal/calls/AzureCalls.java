package dev.enclave.azure.internal.calls;

import dev.enclave.BackendId;
import dev.enclave.KeyState;
import dev.enclave.azure.internal.calls.AzureThrottling.Cost;
import dev.enclave.azure.internal.http.Attempt;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.ReadThreads;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Single requests to the vault: each ends by the deadline, tells its request id, and fails in the
 * engine's words. Thread-safe.
 */
public final class AzureCalls {

  public static final Refusals REFUSALS = new Refusals(BackendId.AZURE_KEYVAULT, "Azure Key Vault");

  /**
   * A request, or several that belong together.
   *
   * @param <R> its answer
   */
  @FunctionalInterface
  public interface Request<R> {
    R send(AzureSession session);
  }

  /**
   * An answer.
   *
   * @param value what the SDK made of it
   * @param at the time by the vault's clock, else by this machine's
   * @param requestId the vault's id of the request
   */
  public record Answered<R>(R value, Instant at, Optional<String> requestId) {}

  /**
   * What did not succeed.
   *
   * @param rule what the vault's own code for it means; none where no vault's code came
   */
  public record Refused(BackendFailure failure, Optional<ErrorRule> rule) {}

  private record Outcome<R>(Optional<Answered<R>> answered, Optional<Refused> refused) {}

  private final AzureSession session;
  private final AzureThrottling throttling = new AzureThrottling();
  private final ReadThreads threads = new ReadThreads(BackendId.AZURE_KEYVAULT, REFUSALS);
  private final RequestGate gate;
  private final AnsweringRegions regions = new AnsweringRegions();

  /** Takes {@code session} over: it ends when the gate is closed. */
  public AzureCalls(AzureSession session) {
    this.session = session;
    this.gate =
        new RequestGate(
            REFUSALS,
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

  /** Which regions have answered so far. */
  public AnsweringRegions regions() {
    return regions;
  }

  public AzureEndpoint endpoint() {
    return session.endpoint();
  }

  /**
   * Sends it.
   *
   * @param subject what it is about, as a failure names it
   */
  public <R> Answered<R> send(
      AzureOperation operation, String subject, CallContext call, Request<R> request)
      throws BackendFailure {
    return sent(outcome(operation, Cost.of(operation), subject, call, request), subject);
  }

  /** Sends it: a transaction with the private half of a key. */
  public <R> Answered<R> use(
      AzureOperation operation, KeyVersionRef ref, CallContext call, Request<R> request)
      throws BackendFailure {
    String subject = ref.providerUri();
    return sent(outcome(operation, Cost.of(ref.algorithm()), subject, call, request), subject);
  }

  private static <R> Answered<R> sent(Outcome<R> outcome, String subject) throws BackendFailure {
    if (outcome.refused().isPresent()) {
      throw outcome.refused().get().failure();
    }
    return outcome.answered().orElseThrow(() -> REFUSALS.notSeenYet(subject));
  }

  /** Sends it; nothing if what it names does not exist. */
  public <R> Optional<Answered<R>> find(
      AzureOperation operation, String subject, CallContext call, Request<R> request)
      throws BackendFailure {
    return RequestGate.unless(FailureCode.NOT_FOUND, () -> send(operation, subject, call, request));
  }

  /** Sends it; how it failed, if it did. */
  public Optional<BackendFailure> failure(
      AzureOperation operation, String subject, CallContext call, Request<?> request)
      throws BackendFailure {
    return refused(operation, subject, call, request).map(Refused::failure);
  }

  /** Sends it; how it failed, if it did, and what that means. */
  public Optional<Refused> refused(
      AzureOperation operation, String subject, CallContext call, Request<?> request)
      throws BackendFailure {
    return outcome(operation, Cost.of(operation), subject, call, request).refused();
  }

  private <R> Outcome<R> outcome(
      AzureOperation operation, Cost cost, String subject, CallContext call, Request<R> request)
      throws BackendFailure {
    gate.requireOpen();
    Duration unused = gate.timeLeft(call);
    RemoteRequest asked = operation.on(subject);
    requireAllowance(cost, asked, call);
    return session
        .http()
        .during(
            call,
            attempt -> {
              try {
                R value = request.send(session);
                attempt.region().ifPresent(regions::note);
                Instant at = attempt.date().orElseGet(() -> call.time().now());
                return new Outcome<>(
                    Optional.of(new Answered<>(value, at, attempt.requestId())), Optional.empty());
              } catch (RuntimeException e) {
                // The SDK has no one kind of exception: reactor's and bare ones come too.
                return new Outcome<>(
                    Optional.empty(), Optional.of(failed(operation, cost, asked, attempt)));
              }
            });
  }

  private void requireAllowance(Cost cost, RemoteRequest asked, CallContext call)
      throws BackendFailure {
    Optional<Duration> wait = throttling.pauseFor(cost, call.time());
    if (wait.isPresent()) {
      throw BackendFailure.throttled(
              asked.named()
                  + " was not sent: the vault refused one that costs as much or less, and asked to"
                  + " wait until "
                  + call.time().now().plus(wait.get())
                  + ". "
                  + AzureErrors.THROTTLE.advice(),
              wait)
          .naming(asked.subject());
    }
  }

  private Refused failed(
      AzureOperation operation, Cost cost, RemoteRequest asked, Attempt attempt) {
    if (gate.closed()) {
      return new Refused(REFUSALS.closed(), Optional.empty());
    }
    Optional<HttpAnswer.Answered> answer = attempt.answer();
    BackendFailure failure =
        AzureFailures.of(asked, attempt, endpoint(), operation.dataAction(endpoint().managedHsm()));
    if (answer.filter(a -> a.status() == 401).isPresent()) {
      session.tokens().forget();
    }
    if (answer.isPresent() && failure.failureClass() == FailureClass.THROTTLED) {
      failure.retryAfter().ifPresent(wait -> throttling.refused(cost, wait, attempt.call().time()));
    }
    return new Refused(failure, answer.flatMap(AzureErrors::byCode));
  }

  /** Whether the vault knows who asks. */
  public boolean identified() {
    return session.tokens().present();
  }

  /** Refuses a reference whose version may not be used for this, by the state it was read in. */
  public void requireUsable(KeyVersionRef ref, Predicate<KeyState> allowed) throws BackendFailure {
    boolean named =
        AzureNames.parse(ref.providerUri(), endpoint().origin())
            .flatMap(AzureNames.Id::version)
            .filter(ref.version().value()::equals)
            .isPresent();
    REFUSALS.requireUsable(ref, named, allowed);
  }
}

package dev.enclave.azure.internal;

import com.azure.core.http.rest.Response;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.azure.internal.http.KeyVaultHttp.Attempt;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.key.RemoteCalls;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Single requests to the vault: each ends by the deadline, tells its request id, and fails in the
 * engine's words. Thread-safe.
 */
public final class AzureCalls extends RemoteCalls {

  public static final Refusals REFUSALS =
      new Refusals(BackendId.AZURE_KEYVAULT, Texts.SERVICE.with());

  /**
   * An answer.
   *
   * @param value what the SDK made of it
   * @param at the time by the vault's clock, else by this machine's
   * @param requestId the vault's id of the request
   */
  public record Answered<R>(R value, Instant at, Optional<String> requestId) {}

  /**
   * What became of a request: an answer, or a failure.
   *
   * @param rule what the vault's own code for a failure means; none where no vault's code came
   */
  public record Tried<R>(
      Optional<Answered<R>> answered, Optional<BackendFailure> failure, Optional<ErrorRule> rule) {

    /** Whether it failed so, for good. */
    boolean failed(FailureCode code) {
      return failure
          .filter(f -> f.code() == code && f.failureClass() == FailureClass.PERMANENT)
          .isPresent();
    }

    Answered<R> orThrow() throws BackendFailure {
      if (failure.isPresent()) {
        throw failure.get();
      }
      return answered.orElseThrow();
    }
  }

  private final AzureSession session;
  private final Throttling throttling = new Throttling();
  private final Set<String> regions = new LinkedHashSet<>();

  /** Takes {@code session} over: it ends when the gate is closed. */
  public AzureCalls(AzureSession session) {
    super(REFUSALS, session::close);
    this.session = session;
  }

  public AzureEndpoint endpoint() {
    return session.endpoint();
  }

  /** Whether the vault knows who asks. */
  public boolean identified() {
    return session.tokens().present();
  }

  /**
   * Sends a request, or several that belong together.
   *
   * @param subject what it is about, as a failure names it
   */
  public <R> Answered<R> send(
      AzureOperation operation, String subject, CallContext call, Function<AzureSession, R> request)
      throws BackendFailure {
    return tried(operation, subject, call, request).orThrow();
  }

  /** Sends a request about a key, as {@link #send}. */
  public <R> R key(
      AzureOperation operation,
      String subject,
      CallContext call,
      Function<KeyClient, Response<R>> request)
      throws BackendFailure {
    return send(operation, subject, call, s -> request.apply(s.keys()).getValue()).value();
  }

  /** Sends it: a transaction with the private half of a key. */
  <R> Answered<R> use(
      AzureOperation operation,
      KeyVersionRef ref,
      CallContext call,
      Function<CryptographyClient, R> request)
      throws BackendFailure {
    String kid = ref.providerUri();
    Throttling.Cost cost = Throttling.Cost.of(ref.algorithm());
    return tried(operation, cost, kid, call, s -> request.apply(s.cryptography(kid))).orThrow();
  }

  /** Sends it, and hands how it failed to the caller. */
  public <R> Tried<R> tried(
      AzureOperation operation, String subject, CallContext call, Function<AzureSession, R> request)
      throws BackendFailure {
    return tried(operation, Throttling.Cost.of(operation), subject, call, request);
  }

  private <R> Tried<R> tried(
      AzureOperation operation,
      Throttling.Cost cost,
      String subject,
      CallContext call,
      Function<AzureSession, R> request)
      throws BackendFailure {
    gate().requireOpen();
    Duration unused = gate().timeLeft(call);
    RemoteRequest asked = operation.on(subject);
    requireAllowance(cost, asked, call);
    return session
        .http()
        .during(
            call,
            attempt -> {
              try {
                R value = request.apply(session);
                attempt.region().ifPresent(this::answeredBy);
                Instant at = attempt.date().orElseGet(() -> call.time().now());
                return new Tried<>(
                    Optional.of(new Answered<>(value, at, attempt.requestId())),
                    Optional.empty(),
                    Optional.empty());
              } catch (RuntimeException e) {
                // The SDK has no one kind of exception: reactor's and bare ones come too.
                return new Tried<>(
                    Optional.empty(),
                    Optional.of(unlessClosed(() -> failed(operation, cost, asked, attempt))),
                    attempt.answer().flatMap(AzureErrors::byCode));
              }
            });
  }

  private void requireAllowance(Throttling.Cost cost, RemoteRequest asked, CallContext call)
      throws BackendFailure {
    Optional<Duration> wait = throttling.pauseFor(cost, call.time());
    if (wait.isPresent()) {
      throw BackendFailure.throttled(
              Texts.NOT_SENT_YET.with(
                  asked.named(), call.time().now().plus(wait.get()), AzureErrors.THROTTLE.advice()),
              wait)
          .naming(asked.subject());
    }
  }

  private BackendFailure failed(
      AzureOperation operation, Throttling.Cost cost, RemoteRequest asked, Attempt attempt) {
    Optional<HttpAnswer.Answered> answer = attempt.answer();
    BackendFailure failure =
        AzureErrors.of(asked, attempt, endpoint(), operation.dataAction(endpoint().managedHsm()));
    if (answer.filter(a -> a.status() == 401).isPresent()) {
      session.tokens().forget();
    }
    if (answer.isPresent() && failure.failureClass() == FailureClass.THROTTLED) {
      failure.retryAfter().ifPresent(wait -> throttling.refused(cost, wait, attempt.call().time()));
    }
    return failure;
  }

  private void answeredBy(String region) {
    synchronized (regions) {
      if (regions.size() < 2) {
        regions.add(region.toLowerCase(Locale.ROOT));
      }
    }
  }

  /** The first two regions of Azure that answered, if more than one did. */
  Optional<String> twoRegions() {
    synchronized (regions) {
      return regions.size() < 2
          ? Optional.empty()
          : Optional.of(String.join(Texts.AND.with(), regions));
    }
  }

  /**
   * What the vault lets this process ask for ("Azure Key Vault service limits", Key transactions):
   * it counts in ten seconds, keys that are made apart from all else, and a transaction with a
   * costly key as several. Once it has answered 429 with a time to wait, what costs as much or more
   * would be refused as well until then, and is not sent; what costs less may still fit and is.
   * Nothing is counted here: other processes ask the same vault, and its limits are Microsoft's to
   * change. Thread-safe.
   */
  static final class Throttling {

    /**
     * What a request takes of it.
     *
     * @param making whether it makes keys or versions, or brings them in, which are counted apart
     * @param units how many transactions it counts for
     */
    record Cost(boolean making, int units) {

      private static final int RSA_3072 = 4;
      private static final int RSA_4096 = 8;

      /** A request that is no transaction with a key's private half. */
      static Cost of(AzureOperation operation) {
        return new Cost(operation.makes(), 1);
      }

      /**
       * A transaction with a key: of RSA 3072 a vault carries out a quarter, of RSA 4096 an eighth
       * as many as of others, whose keys are shorter.
       */
      static Cost of(KeyAlgorithm algorithm) {
        int bits = algorithm.keyBits();
        return new Cost(false, bits < 3072 ? 1 : bits < 4096 ? RSA_3072 : RSA_4096);
      }
    }

    /** Until when nothing is sent that costs so much or more, in nanoseconds of the clock. */
    private final Map<Cost, Long> holds = new ConcurrentHashMap<>();

    /** How long a request has to wait that is not to be refused; nothing if it can be sent. */
    Optional<Duration> pauseFor(Cost cost, TimeSource time) {
      if (holds.isEmpty()) {
        return Optional.empty();
      }
      long now = time.nanoTime();
      holds.values().removeIf(until -> until - now <= 0);
      return holds.entrySet().stream()
          .filter(hold -> hold.getKey().making() == cost.making())
          .filter(hold -> hold.getKey().units() <= cost.units())
          .map(hold -> Duration.ofNanos(hold.getValue() - now))
          .max(Duration::compareTo);
    }

    /** The vault refused such a request and said how long to wait. */
    void refused(Cost cost, Duration asked, TimeSource time) {
      holds.merge(
          cost, time.nanoTime() + asked.toNanos(), (one, other) -> one - other >= 0 ? one : other);
    }
  }
}

package dev.enclave.azure.internal.identity;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import dev.enclave.azure.internal.http.TokenRefusedException;
import dev.enclave.azure.internal.http.VaultHttp;
import dev.enclave.azure.internal.http.WireException;
import dev.enclave.internal.Quoted;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The tokens of one identity for one vault: kept until shortly before their end, renewed by one
 * thread while the others go on with what is left, and never for another audience than the vault's.
 * Thread-safe.
 */
public final class VaultTokens implements TokenCredential {

  /** When a token is renewed while it still counts. */
  private static final Duration RENEWED_BEFORE = Duration.ofMinutes(5);

  /** How often a renewal is tried while the old token still counts. */
  private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(30);

  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final int LONGEST_CAUSE_CHAIN = 16;

  /** The SDK keeps tokens by the system's clock; one that is always over it asks for each time. */
  private static final OffsetDateTime OVER =
      OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  /**
   * A token. It ends when the wall clock says so, since Microsoft Entra gave the date.
   *
   * @param pause it is not renewed before that
   */
  private record Held(String scope, String token, Instant end, Deadline pause) {

    boolean usable(String asked, Instant now) {
      return scope.equals(asked) && now.isBefore(end);
    }

    boolean due(Instant now) {
      return pause.passed() && !now.isBefore(end.minus(RENEWED_BEFORE));
    }
  }

  private final TokenSource source;
  private final Set<String> scopes;
  private final VaultHttp http;
  private final TimeSource time;
  private final ExecutorService threads;
  private final AtomicReference<@Nullable Held> newest = new AtomicReference<>();
  private volatile TokenCredential credential;
  private Deadline untilForgetting;
  private final ReentrantLock renewing = new ReentrantLock();

  /**
   * Of an identity.
   *
   * @param audiences what tokens may be for; a challenge that names another gets none
   * @param http knows the attempt that a token is for
   * @param threads on which azure-identity waits
   */
  public VaultTokens(
      TokenSource source,
      Set<String> audiences,
      VaultHttp http,
      TimeSource time,
      ExecutorService threads) {
    this.source = source;
    this.credential = source.credential().get();
    this.scopes =
        audiences.stream()
            .map(audience -> audience + "/.default")
            .collect(java.util.stream.Collectors.toUnmodifiableSet());
    this.http = http;
    this.time = time;
    this.threads = threads;
    this.untilForgetting = Deadline.in(Duration.ZERO, time);
  }

  /** The identity, as messages name it. */
  public String named() {
    return source.named();
  }

  /** Whether the identity was given one, and the vault has not refused it since. */
  public boolean present() {
    return newest.get() != null;
  }

  /**
   * Sees to it that there is a token, so that nobody waits inside the SDK, where no deadline holds.
   * Does nothing before the vault has said what a token must be for.
   */
  public void ready(CallContext call) throws BackendFailure {
    Held held = newest.get();
    if (held != null) {
      held(held.scope(), call);
    }
  }

  /**
   * The vault did not take it: the next one is asked for anew, and not found in azure-identity's
   * cache. Not after each refusal, since it may be the identity that is refused.
   */
  public synchronized void forget() {
    if (untilForgetting.passed()) {
      untilForgetting = Deadline.in(BETWEEN_RENEWALS, time);
      credential = source.credential().get();
      newest.set(null);
    }
  }

  @Override
  public Mono<AccessToken> getToken(TokenRequestContext request) {
    return Mono.fromSupplier(() -> getTokenSync(request));
  }

  @Override
  public AccessToken getTokenSync(TokenRequestContext request) {
    CallContext call =
        http.current()
            .map(attempt -> attempt.call())
            .orElseThrow(() -> new IllegalStateException("a token was asked for by no attempt"));
    try {
      String scope = request.getScopes().get(0);
      if (!scopes.contains(scope)) {
        throw BackendFailure.permanent(
            FailureCode.MISCONFIGURED,
            "The vault wants a token for "
                + Quoted.of(scope)
                + ", and this host may ask for one of "
                + scopes.stream().sorted().toList()
                + " alone. Check enclave.azure-keyvault.vault-url.");
      }
      // The tenant that a challenge names is not asked: an identity has one of its own.
      if (request.getClaims() != null) {
        forget();
      }
      return new AccessToken(held(scope, call).token(), OVER);
    } catch (BackendFailure e) {
      http.current().ifPresent(attempt -> attempt.lacksToken(e));
      throw new IllegalStateException("no token");
    }
  }

  private Held held(String scope, CallContext call) throws BackendFailure {
    Held held = newest.get();
    Instant now = time.now();
    if (held != null && held.usable(scope, now)) {
      return held.due(now) ? renewedOr(held, call) : held;
    }
    takeTurn(call);
    try {
      Held other = newest.get();
      if (other != null && !java.util.Objects.equals(other, held) && other.scope().equals(scope)) {
        return other;
      }
      return fetch(scope, call);
    } finally {
      renewing.unlock();
    }
  }

  /** What is left of the old one does until there is another. */
  private Held renewedOr(Held held, CallContext call) {
    if (!renewing.tryLock()) {
      return held;
    }
    try {
      return fetch(held.scope(), call);
    } catch (BackendFailure e) {
      newest.compareAndSet(
          held,
          new Held(held.scope(), held.token(), held.end(), Deadline.in(BETWEEN_RENEWALS, time)));
      return held;
    } finally {
      renewing.unlock();
    }
  }

  private void takeTurn(CallContext call) throws BackendFailure {
    try {
      if (renewing.tryLock()
          || renewing.tryLock(call.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw late();
  }

  /**
   * Without "continuous access evaluation": who announces it is given tokens for a day, which a
   * vault may take back by a claims challenge, and azure-identity passes no claims on for the
   * identities that are used here.
   */
  private Held fetch(String scope, CallContext call) throws BackendFailure {
    TokenRequestContext request = new TokenRequestContext().addScopes(scope).setCaeEnabled(false);
    TokenCredential asked = credential;
    CompletableFuture<AccessToken> answer;
    try {
      answer = CompletableFuture.supplyAsync(() -> asked.getTokenSync(request), threads);
    } catch (java.util.concurrent.RejectedExecutionException e) {
      throw BackendFailure.permanent(
          FailureCode.CLOSED, "Backend azure-keyvault has been closed. Open it again.");
    }
    Duration longest = call.remaining().compareTo(LONGEST) < 0 ? call.remaining() : LONGEST;
    try {
      AccessToken token = answer.get(longest.toNanos(), TimeUnit.NANOSECONDS);
      Instant end = token.getExpiresAt().toInstant();
      Held held = new Held(scope, token.getToken(), end, Deadline.in(Duration.ZERO, time));
      newest.set(held);
      return held;
    } catch (TimeoutException e) {
      throw late();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw late();
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private BackendFailure late() {
    return BackendFailure.transientFailure(
        FailureCode.TIMEOUT,
        "No token of "
            + source.named()
            + " came before the deadline. Allow more time, or look at it.");
  }

  private BackendFailure failure(Throwable thrown) {
    Optional<WireException> wire = inChain(thrown, WireException.class);
    if (wire.isPresent()) {
      return BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          "There is no token: asking "
              + source.named()
              + ", "
              + wire.get().observed()
              + ". "
              + source.fix());
    }
    Optional<TokenRefusedException> refused = inChain(thrown, TokenRefusedException.class);
    if (refused.isPresent()) {
      return refused(refused.get());
    }
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        "There is no token: azure-identity got none from " + source.named() + ". " + source.fix());
  }

  /** IMDS says 404 and 410 while it is being updated ("Error handling", Retry guidance). */
  private BackendFailure refused(TokenRefusedException refusal) {
    String message =
        "There is no token: "
            + source.named()
            + " answered HTTP "
            + refusal.status()
            + ". "
            + source.fix();
    if (refusal.status() == 429) {
      return BackendFailure.throttled(message, refusal.retryAfter());
    }
    return refusal.status() >= 500 || refusal.status() == 404 || refusal.status() == 410
        ? BackendFailure.transientFailure(FailureCode.UNAVAILABLE, message)
        : BackendFailure.permanent(FailureCode.ACCESS_DENIED, message);
  }

  private static <T extends Throwable> Optional<T> inChain(Throwable thrown, Class<T> kind) {
    @Nullable Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < LONGEST_CAUSE_CHAIN; depth++) {
      if (kind.isInstance(cause)) {
        return Optional.of(kind.cast(cause));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  /** The identity alone. */
  @Override
  public String toString() {
    return "VaultTokens[" + source.named() + "]";
  }
}

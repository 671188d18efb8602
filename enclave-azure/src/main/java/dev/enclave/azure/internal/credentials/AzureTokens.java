package dev.enclave.azure.internal.credentials;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import dev.enclave.azure.internal.credentials.FederatedIdentity.NoAssertionException;
import dev.enclave.azure.internal.http.KeyVaultHttp;
import dev.enclave.azure.internal.http.TokenRefusedException;
import dev.enclave.azure.internal.http.WireException;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The tokens of one identity for one vault, kept fresh as {@link RefreshingValue} says, and never
 * for another audience than the vault's. Thread-safe.
 */
public final class AzureTokens implements TokenCredential, AutoCloseable {

  /** When a token is renewed while it still counts. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  /** How often a token is forgotten because the vault does not take it. */
  private static final Duration BETWEEN_REFUSALS = Duration.ofSeconds(30);

  private static final int LONGEST_CAUSE_CHAIN = 16;

  /** The SDK keeps tokens by the system's clock; one that is always over it asks for each time. */
  private static final OffsetDateTime OVER =
      OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  private final TokenSource source;
  private final KeyVaultHttp http;
  private final TimeSource time;
  private final Executor threads;
  private final Map<String, RefreshingValue<String>> byScope = new ConcurrentHashMap<>();

  /** Those of which the last token was; none before the vault has said what it must be for. */
  private volatile @Nullable RefreshingValue<String> given;

  private volatile TokenCredential credential;
  private Deadline untilForgetting;
  private List<RefreshingValue<String>> forgotten = List.of();
  private boolean closed;

  /**
   * Of an identity.
   *
   * @param http knows the attempt that a token is for, and what tokens may be for
   * @param threads on which tokens are fetched
   */
  public AzureTokens(TokenSource source, KeyVaultHttp http, TimeSource time, Executor threads) {
    this.source = source;
    this.credential = source.credential().get();
    this.http = http;
    this.time = time;
    this.untilForgetting = Deadline.in(Duration.ZERO, time);
    this.threads = threads;
  }

  /** The identity, as messages name it. */
  public String named() {
    return source.named();
  }

  /** Whether the identity was given one, and the vault has not refused it since. */
  public boolean present() {
    return given != null;
  }

  /**
   * Sees to it that there is a token, so that nobody waits inside the SDK, where no deadline holds.
   * Does nothing before the vault has said what a token must be for.
   */
  public void ready(CallContext call) throws BackendFailure {
    RefreshingValue<String> tokens = given;
    if (tokens != null) {
      String unused = tokens.get(call);
    }
  }

  /**
   * The vault did not take it: the next one is asked for anew, and not found in azure-identity's
   * cache. Not after each refusal, since it may be the identity that is refused.
   */
  public synchronized void forget() {
    if (untilForgetting.passed()) {
      untilForgetting = Deadline.in(BETWEEN_REFUSALS, time);
      credential = source.credential().get();
      // Whoever waits for one of these gets it still; who waited for those before has given up.
      forgotten.forEach(RefreshingValue::close);
      forgotten = List.copyOf(byScope.values());
      byScope.clear();
      given = null;
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
      http.audiences().require(scope);
      // The tenant that a challenge names is not asked: an identity has one of its own.
      if (request.getClaims() != null) {
        forget();
      }
      return new AccessToken(token(scope, call), OVER);
    } catch (BackendFailure e) {
      http.current().ifPresent(attempt -> attempt.lacksToken(e));
      throw new IllegalStateException("no token");
    }
  }

  private String token(String scope, CallContext call) throws BackendFailure {
    RefreshingValue<String> tokens = ofScope(scope);
    String token = tokens.get(call);
    synchronized (this) {
      // Not if it was forgotten meanwhile.
      if (tokens.equals(byScope.get(scope))) {
        given = tokens;
      }
    }
    return token;
  }

  private synchronized RefreshingValue<String> ofScope(String scope) throws BackendFailure {
    if (closed) {
      throw BackendFailure.permanent(
          FailureCode.CLOSED, "Backend azure-keyvault has been closed.", "Open it again.");
    }
    return byScope.computeIfAbsent(scope, this::tokens);
  }

  private RefreshingValue<String> tokens(String scope) {
    return new RefreshingValue<>(
        "A token of " + source.named(), () -> fetch(scope), AHEAD, time, threads);
  }

  /**
   * Without "continuous access evaluation": who announces it is given tokens for a day, which a
   * vault may take back by a claims challenge, and azure-identity passes no claims on for the
   * identities that are used here.
   */
  private Expiring<String> fetch(String scope) throws BackendFailure {
    TokenRequestContext request = new TokenRequestContext().addScopes(scope).setCaeEnabled(false);
    try {
      AccessToken token = credential.getTokenSync(request);
      return new Expiring<>(token.getToken(), Optional.of(token.getExpiresAt().toInstant()));
    } catch (RuntimeException e) {
      throw failure(e);
    }
  }

  private BackendFailure failure(Throwable thrown) {
    Optional<NoAssertionException> unproven = inChain(thrown, NoAssertionException.class);
    if (unproven.isPresent()) {
      return unproven.get().failure();
    }
    Optional<WireException> wire = inChain(thrown, WireException.class);
    if (wire.isPresent()) {
      return BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          "There is no token: asking " + source.named() + ", " + wire.get().observed() + ".",
          wire.get().obstacle() == Obstacle.CERTIFICATE
              ? "If that certificate is the server's own, name it in"
                  + " enclave.azure-keyvault.trusted-certificate; else find out who answers there."
              : "Nobody told whether the identity exists: look at what keeps this process from"
                  + " there, and whether it runs where that identity is.");
    }
    Optional<TokenRefusedException> refused = inChain(thrown, TokenRefusedException.class);
    if (refused.isPresent()) {
      return refused(refused.get());
    }
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        "There is no token: azure-identity got none from " + source.named() + ".",
        source.fix());
  }

  /** IMDS says 404 and 410 while it is being updated ("Error handling", Retry guidance). */
  private BackendFailure refused(TokenRefusedException refusal) {
    String observed =
        "There is no token: " + source.named() + " answered HTTP " + refusal.status() + ".";
    boolean gone = refusal.status() == 404 || refusal.status() == 410;
    if (refusal.status() == 429) {
      return BackendFailure.throttled(observed, refusal.retryAfter())
          .advising("Send less: it gives so many tokens, to all processes of this identity.");
    }
    if (gone) {
      return BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          observed,
          "It may be starting or being updated. If it stays so, another server answers there, or"
              + " the process runs where that identity is not.");
    }
    return refusal.status() >= 500
        ? BackendFailure.transientFailure(
            FailureCode.UNAVAILABLE,
            observed,
            "It failed on its side. If it lasts, look at Azure Service Health.")
        : BackendFailure.permanent(FailureCode.ACCESS_DENIED, observed, source.fix());
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

  /** Forgets the tokens, and ends what fetches them. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    byScope.values().forEach(RefreshingValue::close);
    forgotten.forEach(RefreshingValue::close);
    source.end().run();
  }

  /** The identity alone. */
  @Override
  public String toString() {
    return "AzureTokens[" + source.named() + "]";
  }
}

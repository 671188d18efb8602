package dev.enclave.vault.internal.auth;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.credentials.RefreshingValue.Source;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.json.Json;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendFailure.Step;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.vault.internal.calls.VaultHttp;
import dev.enclave.vault.internal.calls.VaultRequest;
import dev.enclave.vault.internal.calls.VaultToken;
import dev.enclave.vault.internal.texts.Texts;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one identity, which logs in here: each is renewed while the server allows it, and
 * then replaced by another log-in; the last is revoked at the end.
 */
final class VaultTokens implements Source<VaultToken> {

  private static final Duration WITHIN = Duration.ofSeconds(5);
  private static final Duration LAST_WITHIN = Duration.ofSeconds(2);

  /**
   * A token and how long it lives from now on.
   *
   * @param life none for one without an end
   * @param renewable whether it is worth asking for more: not once the server gives less than half
   *     of what it gave first, since its longest life (explicit_max_ttl, max_ttl) is near
   */
  private record Lease(VaultToken token, Optional<Duration> life, boolean renewable) {}

  /**
   * What is sent to prove who this is, for each log-in anew.
   *
   * @param end ends the way to whoever gives it
   */
  record Proof(Step<Map<String, Object>> step, Runnable end) {}

  private final VaultHttp http;
  private final String path;
  private final Proof proof;
  private final String fix;
  private final BackendContext context;
  private Optional<Duration> firstLife = Optional.empty();
  private volatile @Nullable Lease held;

  /**
   * @param path where to log in
   * @param fix what to look at if it is refused
   */
  VaultTokens(VaultHttp http, String path, Proof proof, String fix, BackendContext context) {
    this.http = http;
    this.path = path;
    this.proof = proof;
    this.fix = fix;
    this.context = context;
  }

  @Override
  public Expiring<VaultToken> fetch() throws BackendFailure {
    Lease last = held;
    Optional<Lease> renewed =
        last != null && last.renewable() ? renewed(last.token()) : Optional.empty();
    Lease now = renewed.isPresent() ? renewed.get() : loggedIn();
    held = now;
    // It is renewed after three quarters of its life here, which are two thirds of its lease.
    return new Expiring<>(
        now.token(),
        now.life().map(life -> context.time().now().plus(life.multipliedBy(8).dividedBy(9))));
  }

  private Lease loggedIn() throws BackendFailure {
    VaultRequest request = VaultRequest.use("log-in", path, path, proof.step().run());
    Answered answered = http.exchange(request, Optional.empty(), WITHIN);
    if (answered.status() != 200) {
      BackendFailure refused = http.refused(request, answered, VaultHttp.meaning(answered), 1);
      throw switch (refused.code()) {
        case ACCESS_DENIED, REJECTED, NOT_FOUND ->
            BackendFailure.permanent(FailureCode.ACCESS_DENIED, refused.observed(), fix)
                .naming(path);
        default -> refused;
      };
    }
    Lease lease = lease(request, answered);
    firstLife = lease.life();
    return lease;
  }

  /** Nothing where the server does not renew it: then another log-in will do. */
  private Optional<Lease> renewed(VaultToken token) throws BackendFailure {
    VaultRequest request =
        VaultRequest.use("renew-self", Texts.OWN_TOKEN.with(), "auth/token/renew-self", Map.of());
    Answered answered = http.exchange(request, Optional.of(token), WITHIN);
    if (answered.status() == 200) {
      return Optional.of(lease(request, answered));
    }
    if (answered.status() == 429 || answered.status() >= 500) {
      throw http.refused(request, answered, VaultHttp.meaning(answered), 1);
    }
    return Optional.empty();
  }

  private Lease lease(VaultRequest request, Answered answered) throws BackendFailure {
    Map<String, Object> auth = Json.map(http.object(request, answered), "auth");
    VaultToken token =
        VaultToken.of(Json.text(auth, "client_token"), context.time().now())
            .orElseThrow(() -> Texts.NO_TOKEN.transientFailure(FailureCode.UNAVAILABLE, path));
    VaultAuth.requireNoRoot(Json.list(auth, "policies"), path, context.environment());
    Optional<Duration> life =
        Optional.ofNullable(auth.get("lease_duration"))
            .filter(seconds -> seconds instanceof Long given && given > 0)
            .map(seconds -> Duration.ofSeconds((Long) seconds));
    boolean more =
        life.filter(l -> firstLife.filter(f -> l.multipliedBy(2).compareTo(f) < 0).isEmpty())
            .isPresent();
    return new Lease(token, life, Boolean.TRUE.equals(auth.get("renewable")) && more);
  }

  /** Best effort: a token that is not revoked ends by itself. */
  @Override
  public void close() {
    Lease last = held;
    held = null;
    if (last != null) {
      try {
        var unused =
            http.exchange(
                VaultRequest.change(
                    "revoke-self", Texts.OWN_TOKEN.with(), "auth/token/revoke-self", Map.of()),
                Optional.of(last.token()),
                LAST_WITHIN);
      } catch (BackendFailure e) {
        // There is nobody any more to tell.
      }
    }
    proof.end().run();
  }
}

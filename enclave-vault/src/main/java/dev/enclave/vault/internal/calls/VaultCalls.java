package dev.enclave.vault.internal.calls;

import dev.enclave.BackendId;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.RemoteCalls;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.vault.internal.settings.VaultSettings;
import dev.enclave.vault.internal.texts.Texts;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Sends requests, one attempt each, and says in the engine's words what came of them. */
public final class VaultCalls extends RemoteCalls {

  public static final Refusals REFUSALS = new Refusals(BackendId.VAULT, "Vault");

  /** Asks who the token is, which every token may that has the default policy. */
  public static final VaultRequest LOOK_UP =
      VaultRequest.read(Texts.OWN_TOKEN.with(), "auth/token/lookup-self");

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  /** A token that is younger may not have come to the node that answers. */
  private static final Duration COMING = Duration.ofSeconds(10);

  private final VaultHttp http;
  private final RefreshingValue<VaultToken> tokens;
  private volatile boolean standby;

  /** Over a server, with tokens of one identity; both end with this, the tokens first. */
  public VaultCalls(VaultHttp http, RefreshingValue<VaultToken> tokens) {
    super(
        REFUSALS,
        () -> {
          tokens.close();
          http.close();
        });
    this.http = http;
    this.tokens = tokens;
  }

  public VaultSettings settings() {
    return http.settings();
  }

  /** How far this machine's clock was from the server's at the last answer. */
  public ClockDifference clocks() {
    return http.clocks();
  }

  /**
   * Sends it.
   *
   * @return the data of the answer; empty where it has none
   */
  public Map<String, Object> send(VaultRequest request, CallContext call) throws BackendFailure {
    Answered answered = exchange(request, call);
    if (answered.status() / 100 != 2) {
      throw refused(request, answered, call);
    }
    return data(request, answered, call);
  }

  /**
   * Sends it where there may be nothing.
   *
   * @return nothing for 404, unless the answer has data, as for a version in the key-value store
   *     that was deleted: then what is left of it, its {@code metadata}
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} also where there is no such mount
   */
  public Optional<Map<String, Object>> find(VaultRequest request, CallContext call)
      throws BackendFailure {
    Answered answered = exchange(request, call);
    if (answered.status() / 100 == 2) {
      return Optional.of(data(request, answered, call));
    }
    if (answered.status() != NOT_FOUND
        || VaultHttp.meaning(answered).rule().code() != FailureCode.NOT_FOUND) {
      throw refused(request, answered, call);
    }
    return Optional.of(data(request, answered, call)).filter(data -> !data.isEmpty());
  }

  /** Asks a path of the server itself without a token, and answers as it is. */
  public Map<String, Object> ask(VaultRequest request, CallContext call) throws BackendFailure {
    Map<String, Object> answer = http.ask(request, gate().timeLeft(call));
    // So sys/health alone says it.
    if (answer.get("standby") instanceof Boolean told) {
      standby = told;
    }
    return answer;
  }

  /** Whether the node that was last asked for its health said that it is a standby. */
  public boolean standby() {
    return standby;
  }

  private Map<String, Object> data(VaultRequest request, Answered answered, CallContext call)
      throws BackendFailure {
    if (answered.body().length == 0) {
      return Map.of();
    }
    Map<String, Object> envelope = http.object(request, answered);
    Optional<String> id = Optional.of(Json.text(envelope, "request_id"));
    observed(call, id.filter(ID.asMatchPredicate()), Optional.empty());
    return Json.map(envelope, "data");
  }

  /**
   * A token that the server does not know any more is replaced, once: what it refused has changed
   * nothing. It says the same of a permission that is missing, so it is asked who the token is.
   */
  private Answered exchange(VaultRequest request, CallContext call) throws BackendFailure {
    gate().requireOpen();
    VaultToken token = tokens.get(call);
    Answered answered = exchange(request, token, call);
    if (answered.status() != FORBIDDEN) {
      return answered;
    }
    Answered self = exchange(LOOK_UP, token, call);
    if (self.status() != FORBIDDEN && self.status() / 100 != 2) {
      throw http.refused(LOOK_UP, self, VaultHttp.meaning(self), call.attempt());
    }
    if (self.status() != FORBIDDEN) {
      return answered;
    }
    tokens.refused();
    VaultToken fresh = tokens.get(call);
    if (!fresh.equals(token)) {
      return exchange(request, fresh, call);
    }
    Optional<String> where = http.settings().tokenPlace();
    if (where.isPresent()) {
      throw http.refused(
          request,
          answered,
          rule(call).advising(Texts.TOKEN_ENDED.advice(where.get())),
          Texts.TOKEN_ENDED.observed(where.get()),
          call.attempt());
    }
    return answered;
  }

  private Answered exchange(VaultRequest request, VaultToken token, CallContext call)
      throws BackendFailure {
    Answered answered;
    try {
      answered = http.exchange(request, Optional.of(token), gate().timeLeft(call));
    } catch (BackendFailure e) {
      throw unlessClosed(() -> e);
    }
    observed(call, Optional.empty(), answered.header("date", ClockDifference.DATE));
    return answered;
  }

  private BackendFailure refused(VaultRequest request, Answered answered, CallContext call) {
    VaultErrors.Meaning meaning = VaultHttp.meaning(answered);
    if (!meaning.rule().equals(VaultErrors.DENIED)) {
      return http.refused(request, answered, meaning, call.attempt());
    }
    ErrorRule rule = rule(call);
    String advice = Texts.ADD_RULE.with(request.rule(), rule.advice());
    return http.refused(request, answered, rule.advising(advice), "", call.attempt());
  }

  /** What is denied to a token that is new may pass. */
  private ErrorRule rule(CallContext call) {
    boolean coming =
        tokens
            .atHand()
            .filter(token -> call.time().now().isBefore(token.issued().plus(COMING)))
            .isPresent();
    return coming ? VaultErrors.DENIED_NEW : VaultErrors.DENIED;
  }
}

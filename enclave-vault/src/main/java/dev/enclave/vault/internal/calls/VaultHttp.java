package dev.enclave.vault.internal.calls;

import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.Reach;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.TimeSource;
import dev.enclave.vault.internal.settings.VaultSettings;
import dev.enclave.vault.internal.texts.Texts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The way to one server, for requests with a token and for those that ask for one. No redirect is
 * followed: a standby that cannot forward names the active node, and whoever answers in its place
 * could name any host, which would be given the token. Thread-safe.
 */
public final class VaultHttp implements AutoCloseable {

  /** Of an error, of what is left of a deleted document, and of sys/health. */
  private static final List<String> FORMS = List.of("errors", "data", "initialized");

  private final VaultSettings settings;
  private final HttpExchange http;
  private final ClockDifference clocks;
  private final Reach reach;

  /** By this exchange, which ends with it. */
  public VaultHttp(VaultSettings settings, HttpExchange http, TimeSource time) {
    this.settings = settings;
    this.http = http;
    this.clocks = new ClockDifference(time, Texts.SERVER.with());
    this.reach =
        new Reach(
            settings.address().toString(),
            settings.section().fullName(VaultSettings.ADDRESS),
            Texts.TRUST.with(settings.section().fullName(VaultSettings.TRUSTED_CERTIFICATE)),
            Texts.NETWORK.with());
  }

  public VaultSettings settings() {
    return settings;
  }

  /** How far this machine's clock was from the server's at the last answer. */
  public ClockDifference clocks() {
    return clocks;
  }

  /** Sends it, and gives whatever is answered. */
  public Answered exchange(VaultRequest request, Optional<VaultToken> token, Duration within)
      throws BackendFailure {
    return exchange(request, settings.namespace(), token, within);
  }

  /**
   * Asks a path of the server itself, which needs no token and is in no namespace, and answers as
   * it is.
   */
  public Map<String, Object> ask(VaultRequest request, Duration within) throws BackendFailure {
    Answered answer = exchange(request, Optional.empty(), Optional.empty(), within);
    if (answer.status() != 200) {
      throw refused(request, answer, meaning(answer), 1);
    }
    return object(request, answer);
  }

  private Answered exchange(
      VaultRequest request, Optional<String> namespace, Optional<VaultToken> token, Duration within)
      throws BackendFailure {
    HttpAnswer answer =
        http.send(request.at(settings.address().toString(), namespace, token), within);
    if (answer instanceof Silent silent) {
      throw unanswered(request, silent);
    }
    Answered answered = (Answered) answer;
    answered.header("date", ClockDifference.DATE).ifPresent(clocks::observe);
    return answered;
  }

  private BackendFailure unanswered(VaultRequest request, Silent silent) {
    if (silent.obstacle() != Obstacle.LOAD) {
      return request.asked().unanswered(silent, reach);
    }
    String advice = Texts.RAISE_CONNECTIONS.with(settings.section().fullName("connections"));
    return silent.kind() == Kind.NOT_SENT
        ? request.asked().crowded(silent.observed(), advice)
        : request.asked().lateByLoad(silent.observed(), advice);
  }

  /** The object that an answer is. */
  public Map<String, Object> object(VaultRequest request, Answered answer) throws BackendFailure {
    return Json.object(answer.body())
        .orElseThrow(() -> request.asked().lost(Texts.NO_ANSWER_OF_SERVER.with(), reach));
  }

  /** What an answer means that is no success. */
  public static VaultErrors.Meaning meaning(Answered answer) {
    Map<String, Object> body = Json.object(answer.body()).orElse(Map.of());
    // So sys/health says it.
    boolean sealed = Boolean.TRUE.equals(body.get("sealed"));
    return VaultErrors.of(
        answer.status(),
        FORMS.stream().anyMatch(body::containsKey),
        sealed ? List.of(VaultErrors.SEALED) : Json.list(body, "errors"));
  }

  /** How a request failed that was answered so. */
  public BackendFailure refused(
      VaultRequest request, Answered answer, VaultErrors.Meaning meaning, int attempt) {
    String said = meaning.said().isEmpty() ? "" : Texts.SAID.with(meaning.said());
    return refused(request, answer, meaning.rule(), said, attempt);
  }

  /**
   * The same by a rule of the caller's.
   *
   * @param said what stands behind the status, with a space before it; may be empty
   */
  BackendFailure refused(
      VaultRequest request, Answered answer, ErrorRule rule, String said, int attempt) {
    return request
        .asked()
        .refused(rule, Texts.ANSWERED.with(answer.status(), said), answer.retryAfter(), attempt)
        .naming(List.of(request.path(), settings.address().toString()));
  }

  @Override
  public void close() {
    http.close();
  }
}

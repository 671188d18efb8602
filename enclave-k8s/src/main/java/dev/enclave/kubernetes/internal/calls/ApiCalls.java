package dev.enclave.kubernetes.internal.calls;

import dev.enclave.BackendId;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.Reach;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.RemoteCalls;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.kubernetes.internal.connect.ApiServer;
import dev.enclave.kubernetes.internal.connect.Token;
import dev.enclave.kubernetes.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Sends requests, one attempt each, and says in the engine's words what came of them. */
public final class ApiCalls extends RemoteCalls {

  public static final Refusals REFUSALS = new Refusals(BackendId.KUBERNETES, "Kubernetes");

  /** A Secret's 1 MiB in base64, its annotations (256 KiB) and what the server notes of writers. */
  private static final int LONGEST_ANSWER = 4 << 20;

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int OK = 200;

  private static final Pattern REASON = Pattern.compile("[A-Z][A-Za-z]{1,40}");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,5}");

  private final ApiServer server;
  private final TimeSource time;
  private final HttpExchange http;
  private final ClockDifference clocks;

  /** To a server; nothing is sent before the first request. */
  public ApiCalls(ApiServer server, TimeSource time) {
    this(server, time, new BoundedHttp(server::tls, LONGEST_ANSWER));
  }

  /** By another way to it, which ends with this. */
  public ApiCalls(ApiServer server, TimeSource time, HttpExchange http) {
    super(REFUSALS, http::close);
    this.server = server;
    this.time = time;
    this.http = http;
    this.clocks = new ClockDifference(time, Texts.API_SERVER.with());
  }

  public ApiServer server() {
    return server;
  }

  /** How far this machine's clock was from the API server's at the last answer. */
  public ClockDifference clocks() {
    return clocks;
  }

  /**
   * Sends it and reads the answer. A token that was replaced meanwhile is taken up at once: who is
   * not authenticated has changed nothing.
   */
  public Map<String, Object> send(ApiRequest request, CallContext call) throws BackendFailure {
    gate().requireOpen();
    Optional<Token> token = server.credential().token();
    Answered answer = exchange(request, token, call);
    if (answer.status() == UNAUTHORIZED) {
      Optional<Token> fresh = server.credential().token();
      if (!fresh.equals(token)) {
        token = fresh;
        answer = exchange(request, token, call);
      }
    }
    if (answer.status() >= 300 || answer.status() < 200) {
      throw refused(request, token, answer, call);
    }
    return Json.object(answer.body())
        .orElseThrow(() -> request.asked().lost(Texts.NO_ANSWER_OF_API_SERVER.with(), reach()));
  }

  private Answered exchange(ApiRequest request, Optional<Token> token, CallContext call)
      throws BackendFailure {
    Duration left = gate().timeLeft(call);
    HttpAnswer answer = http.send(request.at(server.url(), token.map(Token::text)), left);
    if (answer instanceof Silent silent) {
      BackendFailure failure = unlessClosed(() -> request.asked().unanswered(silent, reach()));
      throw silent.kind() == Kind.NOT_SENT ? failure.naming(server.source().file()) : failure;
    }
    Answered answered = (Answered) answer;
    Optional<String> date = answered.header("date", ClockDifference.DATE);
    date.ifPresent(clocks::observe);
    observed(call, answered.header("audit-id", PLAIN), date);
    return answered;
  }

  private Reach reach() {
    return new Reach(
        server.url(),
        server.source().address(),
        server.source().trust(),
        Texts.NETWORK_POLICIES.with());
  }

  private BackendFailure refused(
      ApiRequest request, Optional<Token> token, Answered answer, CallContext call)
      throws BackendFailure {
    Map<String, Object> status = Json.object(answer.body()).orElse(Map.of());
    // It would name the object by another's words; reason and kind are words of the API alone.
    String reason =
        Optional.of(Json.text(status, "reason"))
            .filter(text -> REASON.matcher(text).matches())
            .orElse("");
    boolean namespace = Json.text(status, "details", "kind").equals("namespaces");
    boolean ending =
        Json.list(status, "details", "causes").stream()
            .anyMatch(cause -> Json.text(cause, "reason").equals("NamespaceTerminating"));
    boolean denied = answer.status() == FORBIDDEN && !ending;
    boolean starting = denied && !ready(token, call);
    ErrorRule rule =
        ending
            ? ApiErrors.ENDING
            : namespace
                ? ApiErrors.NO_NAMESPACE
                : denied
                    ? ApiErrors.denied(request, starting)
                    : answer.status() == UNAUTHORIZED
                        ? ApiErrors.unauthorized(
                            server.credential().renewal(), ended(token, time.now()).isPresent())
                        : ApiErrors.of(reason, answer.status());
    String observed =
        Texts.ANSWERED.with(
            answer.status(),
            reason.isEmpty() ? "" : " " + reason,
            namespace ? Texts.NO_NAMESPACE.with(server.namespace()) : "",
            ending ? Texts.NAMESPACE_ENDS.with(server.namespace()) : "",
            starting ? Texts.NOT_READY.with() : "",
            answer.status() == UNAUTHORIZED ? Texts.TO_IDENTITY.with(identity(token)) : "");
    return request
        .asked()
        .refused(
            rule,
            observed,
            answer.header("retry-after", SECONDS).map(Integer::parseInt).map(Duration::ofSeconds),
            call.attempt())
        .naming(server.namespace());
  }

  /**
   * Whether it has read its roles: until then it refuses everybody everything, this question
   * included.
   */
  private boolean ready(Optional<Token> token, CallContext call) throws BackendFailure {
    return http.send(
                ApiRequest.READY.at(server.url(), token.map(Token::text)), gate().timeLeft(call))
            instanceof Answered answered
        && answered.status() == OK;
  }

  /** A token that has ended by this machine's clock says why, if that clock is right. */
  private String identity(Optional<Token> token) {
    Instant now = time.now();
    return server.credential().named()
        + ended(token, now).map(end -> Texts.ENDED_AT.with(end, now)).orElse("")
        + clocks.observed().map(by -> Texts.CLOCKS_DIFFER.with(by)).orElse("");
  }

  private static Optional<Instant> ended(Optional<Token> token, Instant now) {
    return token.flatMap(Token::end).filter(end -> end.isBefore(now));
  }
}

package dev.enclave.kubernetes.internal.calls;

import dev.enclave.BackendId;
import dev.enclave.cloud.ErrorRule;
import dev.enclave.cloud.Refusals;
import dev.enclave.cloud.RemoteRequest;
import dev.enclave.cloud.RequestGate;
import dev.enclave.internal.http.BoundedHttp;
import dev.enclave.internal.http.HttpAnswer;
import dev.enclave.internal.http.HttpAnswer.Answered;
import dev.enclave.internal.http.HttpAnswer.Silent;
import dev.enclave.internal.http.HttpExchange;
import dev.enclave.kubernetes.internal.connect.ApiServer;
import dev.enclave.kubernetes.internal.connect.Token;
import dev.enclave.kubernetes.internal.json.Json;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Sends requests, one attempt each, and says in the engine's words what came of them. */
public final class ApiCalls {

  public static final Refusals REFUSALS = new Refusals(BackendId.KUBERNETES, "Kubernetes");

  /** A Secret's 1 MiB in base64, its annotations (256 KiB) and what the server notes of writers. */
  private static final int LONGEST_ANSWER = 4 << 20;

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private static final Pattern REASON = Pattern.compile("[A-Z][A-Za-z]{1,40}");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,5}");

  private final ApiServer server;
  private final TimeSource time;
  private final HttpExchange http;
  private final RequestGate gate;

  /** To a server; nothing is sent before the first request. */
  public ApiCalls(ApiServer server, TimeSource time) {
    this(server, time, new BoundedHttp(server::tls, LONGEST_ANSWER));
  }

  /** By another way to it, which ends with this. */
  public ApiCalls(ApiServer server, TimeSource time, HttpExchange http) {
    this.server = server;
    this.time = time;
    this.http = http;
    this.gate = new RequestGate(REFUSALS, http::close);
  }

  public RequestGate gate() {
    return gate;
  }

  public ApiServer server() {
    return server;
  }

  /**
   * Sends it and reads the answer. A token that was replaced meanwhile is taken up at once: who is
   * not authenticated has changed nothing.
   */
  public Map<String, Object> send(ApiRequest request, CallContext call) throws BackendFailure {
    gate.requireOpen();
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
      throw refused(request, token, answer, call.attempt());
    }
    return Json.object(answer.body())
        .orElseThrow(() -> request.asked().lost("what came is no answer of an API server"));
  }

  private Answered exchange(ApiRequest request, Optional<Token> token, CallContext call)
      throws BackendFailure {
    Duration left = gate.timeLeft(call);
    HttpAnswer answer = http.send(request.at(server.url(), token.map(Token::text)), left);
    if (answer instanceof Silent silent) {
      throw gate.closed() ? REFUSALS.closed() : unanswered(request.asked(), silent);
    }
    Answered answered = (Answered) answer;
    header(answered, "audit-id", PLAIN).ifPresent(call::requested);
    return answered;
  }

  private static BackendFailure unanswered(RemoteRequest asked, Silent silent) {
    return switch (silent.kind()) {
      case NOT_SENT ->
          asked.notSent(silent.observed(), "network policies, and whether the API server is up");
      case LATE -> asked.late();
      case BROKEN -> asked.lost(silent.observed());
    };
  }

  private BackendFailure refused(
      ApiRequest request, Optional<Token> token, Answered answer, int attempt) {
    Map<String, Object> status = Json.object(answer.body()).orElse(Map.of());
    // It would name the object by another's words; reason and kind are words of the API alone.
    String reason =
        Optional.of(Json.text(status, "reason"))
            .filter(text -> REASON.matcher(text).matches())
            .orElse("");
    boolean namespace = Json.text(status, "details", "kind").equals("namespaces");
    ErrorRule rule =
        answer.status() == FORBIDDEN
            ? ApiErrors.denied(request)
            : ApiErrors.of(reason, answer.status());
    String observed =
        "the API server answered "
            + answer.status()
            + (reason.isEmpty() ? "" : " " + reason)
            + (namespace ? ", since there is no namespace " + server.namespace() : "")
            + (answer.status() == UNAUTHORIZED ? " to " + identity(token) : "");
    return request
        .asked()
        .refused(
            rule,
            observed,
            header(answer, "retry-after", SECONDS).map(Integer::parseInt).map(Duration::ofSeconds),
            attempt)
        .naming(server.namespace());
  }

  /** A token that has ended by this machine's clock says why, if that clock is right. */
  private String identity(Optional<Token> token) {
    Instant now = time.now();
    return server.credential().named()
        + token
            .flatMap(Token::end)
            .filter(end -> end.isBefore(now))
            .map(
                end ->
                    ", which ended at "
                        + end
                        + " (it is "
                        + now
                        + " here): kubelet replaces it in a projected volume, unless that is"
                        + " mounted by subPath or was copied")
            .orElse("");
  }

  private static Optional<String> header(Answered answer, String name, Pattern form) {
    return answer.headers().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .flatMap(List::stream)
        .filter(value -> form.matcher(value).matches())
        .findFirst();
  }
}

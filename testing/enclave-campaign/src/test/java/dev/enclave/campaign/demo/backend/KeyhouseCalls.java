package dev.enclave.campaign.demo.backend;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.enclave.kit.ErrorTable;
import dev.enclave.kit.Reach;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.key.StoredText;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.backend.BackendContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Sends requests, one attempt each, and says in the engine's words what came of them. */
final class KeyhouseCalls {

  static final String SERVICE = "Keyhouse";
  static final Refusals REFUSALS = new Refusals(KeyhouseProvider.ID, SERVICE);

  private static final ErrorTable ERRORS =
      ErrorTable.of(
          """
          THROTTLED throttled THROTTLED: Throttled
            Send less, or ask for a higher limit.
          UNAVAILABLE transient UNAVAILABLE: Unavailable
            Try again later.
          FAILED ambiguous UNAVAILABLE: 5xx
            Try again later.
          EXPIRED passing ACCESS_DENIED: TokenExpired
            Check the clock.
          FORBIDDEN permanent ACCESS_DENIED: Forbidden
            Check client and secret.
          NOT_FOUND permanent NOT_FOUND: KeyNotFound NoVersion
            Check the name.
          EXISTS permanent ALREADY_EXISTS: KeyExists
            Take another name.
          STATE permanent INVALID_STATE: NotUsable
            Read its versions anew.
          CONFLICT transient CONFLICT: RevisionMismatch
            Read it anew.
          OTHER permanent REJECTED: other
            Read its documentation.
          """);

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final int LONGEST_ANSWER = 1 << 20;
  private static final Duration TOKEN_WAIT = Duration.ofSeconds(10);
  private static final Duration TOKEN_AHEAD = Duration.ofMinutes(5);

  private record Token(String token, long expiresIn) {}

  private final Reach reach;
  private final BackendContext context;
  private final BoundedHttp http;
  private final RefreshingValue<String> tokens;
  final RequestGate gate = new RequestGate(REFUSALS, this::close);

  KeyhouseCalls(Origin origin, BackendContext context) {
    reach = new Reach(origin.toString(), context.settings().fullName("endpoint"));
    this.context = context;
    http =
        new BoundedHttp(
            origin.tls() ? BoundedHttp::platformTrust : BoundedHttp::noTls, LONGEST_ANSWER);
    tokens =
        new RefreshingValue<>(
            "A token of " + SERVICE,
            this::fetchToken,
            TOKEN_AHEAD,
            context.time(),
            RefreshingValue.threadForEach());
  }

  private void close() {
    tokens.close();
    http.close();
  }

  /** A request to a path, with a body if there is one. */
  HttpRequest.Builder to(String method, String path, Map<String, ?> body) {
    return HttpRequest.newBuilder(URI.create(reach.place() + "/" + path))
        .method(
            method,
            body.isEmpty()
                ? BodyPublishers.noBody()
                : BodyPublishers.ofString(JSON.valueToTree(body).toString()));
  }

  <T> T get(String operation, String subject, String more, Class<T> type, CallContext call)
      throws BackendFailure {
    RemoteRequest asked = new RemoteRequest(operation, false, subject);
    return send(asked, to("GET", subject + more, Map.of()), type, call);
  }

  <T> T send(RemoteRequest asked, HttpRequest.Builder request, Class<T> type, CallContext call)
      throws BackendFailure {
    gate.requireOpen();
    request.header("Authorization", "Bearer " + tokens.get(call));
    return exchange(asked, request, type, call);
  }

  /** Reads the secret each time, which may have been replaced. */
  private Expiring<String> fetchToken() throws BackendFailure {
    String client = context.settings().require("client");
    String secret = context.snapshot().read(context.settings().require("secret-file")).orElse("");
    Token token =
        exchange(
            new RemoteRequest("IssueToken", false, client),
            to("POST", "token", Map.of("client", client, "secret", secret.strip())),
            Token.class,
            CallContext.of("token", 1, Deadline.in(TOKEN_WAIT, context.time()), context.time()));
    return new Expiring<>(
        token.token(), Optional.of(context.time().now().plusSeconds(token.expiresIn())));
  }

  private <T> T exchange(
      RemoteRequest asked, HttpRequest.Builder request, Class<T> type, CallContext call)
      throws BackendFailure {
    HttpAnswer answer = http.send(request.build(), gate.timeLeft(call));
    if (answer instanceof Silent silent) {
      throw gate.closed() ? REFUSALS.closed() : asked.unanswered(silent, reach);
    }
    Answered answered = (Answered) answer;
    answered.header("Keyhouse-Request-Id", PLAIN).ifPresent(call::requested);
    if (answered.status() >= 300) {
      if (answered.status() == 401) {
        tokens.refused();
      }
      String error = answered.header("Keyhouse-Error", PLAIN).orElse("no error's name");
      throw asked.refused(
          ERRORS.of(answered.status(), error),
          SERVICE + " answered " + error + " with HTTP status " + answered.status(),
          answered.header("Retry-After", PLAIN).map(StoredText::number).map(Duration::ofSeconds),
          call.attempt());
    }
    try {
      return JSON.readValue(answered.body(), type);
    } catch (IOException e) {
      throw asked.lost("what came is no answer of " + SERVICE, reach);
    }
  }
}

package dev.enclave.vault.internal;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.json.Json;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.vault.internal.auth.VaultAuth;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultHttp;
import dev.enclave.vault.internal.settings.VaultSettings;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;

/** A server whose answers are written down, without a network; and what leads to it. */
public final class ScriptedVault implements HttpExchange {

  /**
   * What was asked.
   *
   * @param path with its query, below {@code /v1/}
   */
  public record Asked(String method, String path, Map<String, List<String>> headers, String body) {

    /** A header's value; empty if it was not sent. */
    public String header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().get(0))
          .findFirst()
          .orElse("");
    }

    /** A text of the body's object. */
    public String text(String name) {
      return Json.text(Json.object(body.getBytes(StandardCharsets.UTF_8)).orElseThrow(), name);
    }
  }

  public final MutableClock clock = new MutableClock();
  public final List<Asked> asked = new ArrayList<>();
  public FakeEnvironment machine = FakeEnvironment.empty();
  private final Deque<HttpAnswer> answers = new ArrayDeque<>();
  private final Map<String, String> settings =
      new HashMap<>(
          Map.of("address", "https://vault.example.com:8200", "auth", "kubernetes", "role", "w"));

  /** With other settings: names and values in turn. */
  public ScriptedVault set(String... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      settings.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return this;
  }

  /** Answers the next request so. */
  public ScriptedVault answer(int status, String body, String... headers) {
    Map<String, List<String>> named = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      named.put(headers[i], List.of(headers[i + 1]));
    }
    return answer(new HttpAnswer.Answered(status, named, body.getBytes(StandardCharsets.UTF_8)));
  }

  /** Answers the next request so. */
  public ScriptedVault answer(HttpAnswer answer) {
    answers.add(answer);
    return this;
  }

  /** Answers the next request, a log-in, by a token. */
  public ScriptedVault token(String token, int seconds) {
    return answer(
        200,
        "{\"auth\":{\"client_token\":\"%s\",\"lease_duration\":%s,\"renewable\":true,\"policies\":[\"default\",\"wallets\"]}}"
            .formatted(token, seconds));
  }

  /** The paths that were asked for, in their order. */
  public List<String> paths() {
    return asked.stream().map(Asked::path).toList();
  }

  public BackendSettings section() {
    return new BackendSettings(BackendId.VAULT, settings);
  }

  public BackendContext context(EnvironmentType environment) {
    return BackendContext.of(section(), environment, machine, clock, new SecureRandom());
  }

  public VaultSettings settings() throws BackendFailure {
    return VaultSettings.of(section(), EnvironmentType.DEVELOPMENT);
  }

  public VaultHttp http() throws BackendFailure {
    return new VaultHttp(settings(), this, clock);
  }

  public VaultAuth auth(EnvironmentType environment) throws BackendFailure {
    return new VaultAuth(settings(), context(environment), http(), () -> this, Runnable::run);
  }

  /** Calls of a pod of which the token has not been asked for yet. */
  public VaultCalls calls() throws BackendFailure {
    machine =
        machine.withFile("/var/run/secrets/kubernetes.io/serviceaccount/token", "header.pod.sig");
    return new VaultCalls(http(), auth(EnvironmentType.PRODUCTION).tokens());
  }

  public CallContext call() {
    return CallContext.of("op-1", 1, Deadline.in(Duration.ofSeconds(10), clock), clock);
  }

  @Override
  public HttpAnswer send(HttpRequest request, Duration within) {
    asked.add(
        new Asked(
            request.method(),
            request.uri().toString().replaceFirst("https://vault.example.com:8200/v1/", ""),
            request.headers().map(),
            body(request)));
    return answers.remove();
  }

  private static String body(HttpRequest request) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    request
        .bodyPublisher()
        .ifPresent(
            publisher ->
                publisher.subscribe(
                    new Flow.Subscriber<>() {
                      @Override
                      public void onSubscribe(Flow.Subscription subscription) {
                        subscription.request(Long.MAX_VALUE);
                      }

                      @Override
                      public void onNext(ByteBuffer part) {
                        byte[] octets = new byte[part.remaining()];
                        part.get(octets);
                        body.writeBytes(octets);
                      }

                      @Override
                      public void onError(Throwable thrown) {
                        throw new IllegalStateException(thrown);
                      }

                      @Override
                      public void onComplete() {}
                    }));
    return body.toString(StandardCharsets.UTF_8);
  }
}

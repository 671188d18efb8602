package dev.enclave.campaign.kubernetes;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Carries requests to an API server and its answers back, unchanged but for the id: the API server
 * logs each request under the relay's. Thread-safe.
 */
final class Forwarding implements Service {

  /** What {@code k8s.io/apiserver} calls a request's id, in requests, answers and the audit log. */
  static final String AUDIT_ID = "Audit-Id";

  /** Stands for no answer at all: the API server could not be reached, or broke off. */
  static final ServiceResponse NONE = ServiceResponse.of(502, new byte[0]);

  private static final Duration LONGEST = Duration.ofMinutes(2);

  private static final List<String> FORWARDED =
      List.of("Accept", "Authorization", "Content-Type", "User-Agent");

  private static final List<String> RETURNED =
      List.of(AUDIT_ID, "Cache-Control", "Content-Type", "Retry-After", "Warning");

  private final URI server;
  private final HttpClient http;

  Forwarding(URI server, HttpClient http) {
    this.server = server;
    this.http = http;
  }

  @Override
  public ServiceResponse handle(ServiceRequest asked) {
    try {
      return answer(asked, http.send(forwarded(asked), BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      return NONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NONE;
    }
  }

  private HttpRequest forwarded(ServiceRequest asked) {
    String query = asked.query().isEmpty() ? "" : "?" + asked.query();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(asked.path() + query))
            .timeout(LONGEST)
            .header(AUDIT_ID, asked.id())
            .method(
                asked.method(),
                asked.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(asked.body()));
    for (String name : FORWARDED) {
      asked.header(name).ifPresent(value -> request.header(name, value));
    }
    return request.build();
  }

  private static ServiceResponse answer(ServiceRequest asked, HttpResponse<byte[]> came) {
    ServiceResponse response = ServiceResponse.of(came.statusCode(), came.body());
    for (String name : RETURNED) {
      String value = came.headers().firstValue(name).orElse("");
      response = value.isEmpty() ? response : response.withHeader(name, value);
    }
    ServiceResponse answer = response;
    answer = ResourceName.of(asked).name().map(answer::aboutKey).orElse(answer);
    if (came.statusCode() < 400) {
      return answer;
    }
    Object reason = Json.parseObject(came.body()).orElse(Map.of()).get("reason");
    return answer.failedWith(reason == null ? "" : reason.toString());
  }
}

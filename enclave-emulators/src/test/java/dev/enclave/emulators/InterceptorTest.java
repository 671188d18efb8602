package dev.enclave.emulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import java.io.IOException;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InterceptorTest {

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void answersAndJournals_withTheSameRequestId() throws Exception {
    try (AwsKmsServer server = AwsKmsServer.builder().start()) {
      HttpResponse<String> answer = listKeys(server);

      JournalEntry entry = server.journal().entries().get(0);
      assertThat(answer.headers().firstValue("x-amzn-RequestId")).hasValue(entry.requestId());
      assertThat(entry.operation()).isEqualTo("ListKeys");
      assertThat(entry.status()).isEqualTo(answer.statusCode());
      assertThat(entry.fate()).isEqualTo(Fate.ANSWERED);
    }
  }

  @Test
  void resets_beforeTheRequestIsApplied() {
    try (AwsKmsServer server = intercepted((request, service) -> Delivery.reset())) {
      assertThatThrownBy(() -> listKeys(server))
          .isInstanceOf(IOException.class)
          .hasStackTraceContaining(SocketException.class.getName());

      assertThat(server.journal().entries())
          .singleElement()
          .satisfies(
              entry -> {
                assertThat(entry.fate()).isEqualTo(Fate.RESET);
                assertThat(entry.applied()).isFalse();
              });
    }
  }

  @Test
  void cutsTheBodyOff() {
    try (AwsKmsServer server =
        intercepted((request, service) -> Delivery.truncated(service.handle(request), 5))) {
      assertThatThrownBy(() -> listKeys(server)).isInstanceOf(IOException.class);

      assertThat(server.journal().entries())
          .singleElement()
          .satisfies(entry -> assertThat(entry.fate()).isEqualTo(Fate.TRUNCATED));
    }
  }

  @Test
  void appliesLater() throws Exception {
    try (AwsKmsServer server =
        intercepted(
            (request, service) ->
                Delivery.after(
                    Duration.ofMillis(1), () -> Delivery.answer(service.handle(request))))) {
      assertThat(listKeys(server).body()).isNotEmpty();
    }
  }

  private static AwsKmsServer intercepted(Interceptor interceptor) {
    return AwsKmsServer.builder().interceptor(interceptor).start();
  }

  private HttpResponse<String> listKeys(AwsKmsServer server) throws Exception {
    return client.send(
        HttpRequest.newBuilder(server.endpoint().resolve("/"))
            .header("X-Amz-Target", "TrentService.ListKeys")
            .header("Content-Type", "application/x-amz-json-1.1")
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build(),
        BodyHandlers.ofString());
  }
}

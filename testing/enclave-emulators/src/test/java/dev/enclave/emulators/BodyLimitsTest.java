package dev.enclave.emulators;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.wire.Journal;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** How long a request may be is each server's own; all bodies here are no JSON. */
class BodyLimitsTest {

  private static final int OF_ANY = 4 << 20;
  private static final int OF_VAULT = 32 << 20;

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> post(URI place, BodyPublisher body) throws Exception {
    return client.send(HttpRequest.newBuilder(place).POST(body).build(), BodyHandlers.ofString());
  }

  private static BodyPublisher ofLength(int bytes) {
    return BodyPublishers.ofByteArray(new byte[bytes]);
  }

  private static BodyPublisher inChunks(int bytes) {
    return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[bytes]));
  }

  private void requireLimit(URI place, Journal journal, int most) throws Exception {
    assertThat(post(place, ofLength(most)).statusCode()).isNotEqualTo(413);
    assertThat(journal.entries()).hasSize(1);
    assertThat(post(place, ofLength(most + 1)).statusCode()).isEqualTo(413);
    assertThat(post(place, inChunks(most + 1)).statusCode()).isEqualTo(413);
    assertThat(journal.entries()).hasSize(1);
  }

  @Test
  void serversThatNameNoLimit_takeFourMebibytes() throws Exception {
    try (AwsKmsServer aws = AwsKmsServer.builder().start();
        GoogleMetadataServer google = GoogleMetadataServer.start(InstantSource.system())) {
      requireLimit(aws.endpoint(), aws.journal(), OF_ANY);
      requireLimit(google.endpoint(), google.journal(), OF_ANY);
    }
  }

  /** HTTP API documentation, "Limits and maximums": 32 MiB, and then 413. */
  @Test
  void vault_takesThirtyTwo_andSaysThatMoreIsTooLarge() throws Exception {
    try (VaultServer vault = VaultServer.builder().start()) {
      URI place = vault.address().resolve("/v1/secret/data/a");
      requireLimit(place, vault.journal(), OF_VAULT);
      assertThat(post(place, ofLength(OF_VAULT + 1)).body())
          .isEqualTo("{\"errors\":[\"http: request body too large\"]}\n");
    }
  }
}

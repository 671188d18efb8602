package dev.enclave.emulators.gcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.kms.v1.KeyManagementServiceClient;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.ManualClock;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GcpMetadataTest {

  private static final String TOKEN = "/computeMetadata/v1/instance/service-accounts/default/token";

  private final ManualClock clock = new ManualClock();
  private final GcpKmsServer server =
      GcpKmsServer.builder()
          .clock(clock)
          .project("wallets")
          .serviceAccount("signer@wallets.iam.gserviceaccount.com")
          .start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void itsTokenIsTakenByCloudKms_untilItExpires() throws Exception {
    HttpResponse<String> answer = get(TOKEN, "Metadata-Flavor", "Google");
    Matcher token = Pattern.compile("\"access_token\":\"([^\"]+)\"").matcher(answer.body());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Metadata-Flavor")).hasValue("Google");
    assertThat(token.find()).isTrue();
    assertThat(answer.body()).contains("\"expires_in\":3600", "\"token_type\":\"Bearer\"");
    try (KeyManagementServiceClient kms = GcpClients.kms(server, token.group(1))) {
      GcpKeys.ring(kms, server);
      assertThat(server.journal().of("CreateKeyRing").get(0).principal())
          .hasValue("signer@wallets.iam.gserviceaccount.com");
    }
    clock.advance(Duration.ofMinutes(54));
    assertThat(get(TOKEN, "Metadata-Flavor", "Google").body()).contains(token.group(1));
    clock.advance(Duration.ofMinutes(1));
    assertThat(get(TOKEN, "Metadata-Flavor", "Google").body()).doesNotContain(token.group(1));
  }

  @Test
  void itTellsWhereAndWhoItIs() throws Exception {
    assertThat(value("instance/service-accounts/default/email"))
        .isEqualTo("signer@wallets.iam.gserviceaccount.com");
    assertThat(value("project/project-id")).isEqualTo("wallets");
    assertThat(value("instance/zone")).endsWith("/zones/europe-west1-b");
    assertThat(value("universe/universe-domain")).isEqualTo("googleapis.com");
  }

  @Test
  void itAsksForItsHeader() throws Exception {
    assertThat(get(TOKEN, "Accept", "*/*").statusCode()).isEqualTo(403);
    assertThat(get(TOKEN, "Metadata-Flavor", "google").statusCode()).isEqualTo(403);
    HttpRequest forwarded =
        HttpRequest.newBuilder(server.metadataEndpoint().resolve(TOKEN))
            .header("Metadata-Flavor", "Google")
            .header("X-Forwarded-For", "10.0.0.1")
            .build();
    assertThat(http.send(forwarded, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    assertThat(get("/computeMetadata/v1/none", "Metadata-Flavor", "Google").statusCode())
        .isEqualTo(404);
    assertThat(get("/", "Accept", "*/*").headers().firstValue("Metadata-Flavor"))
        .hasValue("Google");
  }

  private String value(String path) throws Exception {
    return get("/computeMetadata/v1/" + path, "Metadata-Flavor", "Google").body();
  }

  private HttpResponse<String> get(String path, String header, String value) throws Exception {
    return http.send(
        HttpRequest.newBuilder(server.metadataEndpoint().resolve(path))
            .header(header, value)
            .build(),
        BodyHandlers.ofString());
  }
}

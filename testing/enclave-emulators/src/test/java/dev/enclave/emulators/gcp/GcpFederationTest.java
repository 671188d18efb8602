package dev.enclave.emulators.gcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.kms.v1.KeyManagementServiceClient;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.GcpKmsServer;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GcpFederationTest {

  private static final String POOL =
      "//iam.googleapis.com/projects/112233445566/locations/global/workloadIdentityPools/eks";
  private static final String SIGNER =
      "/v1/projects/-/serviceAccounts/signer@emulated.iam.gserviceaccount.com:generateAccessToken";

  private final GcpKmsServer server =
      GcpKmsServer.builder().workload(POOL + "/providers/cluster", "a.b.c", "wallet").start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aWorkloadsTokenBecomesOneOfGoogle() throws Exception {
    String token = value("access_token", exchange("a.b.c"));

    try (KeyManagementServiceClient kms = GcpClients.kms(server, token)) {
      GcpKeys.ring(kms, server);
    }
    assertThat(server.journal().of("CreateKeyRing").get(0).principal())
        .hasValue("principal:" + POOL + "/subject/wallet");
  }

  @Test
  void aWorkloadActsAsAServiceAccount_ifItMay() throws Exception {
    String federated = value("access_token", exchange("a.b.c"));

    String token = value("accessToken", impersonate(federated, "{\"lifetime\":\"300s\"}"));

    try (KeyManagementServiceClient kms = GcpClients.kms(server, token)) {
      GcpKeys.ring(kms, server);
    }
    assertThat(server.journal().of("CreateKeyRing").get(0).principal())
        .hasValue("signer@emulated.iam.gserviceaccount.com");
    assertThat(impersonate(federated, "{\"lifetime\":\"3601s\"}").statusCode()).isEqualTo(400);
    assertThat(impersonate("unknown", "{}").statusCode()).isEqualTo(401);
    server.deny(Denial.of("iam.serviceAccounts.getAccessToken"));
    assertThat(impersonate(federated, "{}").statusCode()).isEqualTo(403);
  }

  @Test
  void anotherTokenIsRefused() throws Exception {
    HttpResponse<String> refused = exchange("x.y.z");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("invalid_grant").doesNotContain("x.y.z");
    assertThat(server.journal().of("ExchangeToken").get(0).error()).hasValue("invalid_grant");
  }

  private HttpResponse<String> exchange(String subjectToken) throws Exception {
    String form =
        "grant_type="
            + encoded("urn:ietf:params:oauth:grant-type:token-exchange")
            + "&audience="
            + encoded(POOL + "/providers/cluster")
            + "&scope="
            + encoded("https://www.googleapis.com/auth/cloud-platform")
            + "&requested_token_type="
            + encoded("urn:ietf:params:oauth:token-type:access_token")
            + "&subject_token_type="
            + encoded("urn:ietf:params:oauth:token-type:jwt")
            + "&subject_token="
            + encoded(subjectToken);
    return post(
        HttpRequest.newBuilder(server.metadataEndpoint().resolve("/v1/token"))
            .header("Content-Type", "application/x-www-form-urlencoded"),
        form);
  }

  private HttpResponse<String> impersonate(String token, String body) throws Exception {
    return post(
        HttpRequest.newBuilder(server.metadataEndpoint().resolve(SIGNER))
            .header("Authorization", "Bearer " + token),
        body);
  }

  private HttpResponse<String> post(HttpRequest.Builder request, String body) throws Exception {
    return http.send(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  private static String value(String name, HttpResponse<String> answer) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(answer.body());
    assertThat(matcher.find()).as(answer.body()).isTrue();
    return matcher.group(1);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

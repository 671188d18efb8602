package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

class CredentialPlacesTest {

  private final ManualClock clock = new ManualClock();
  private final AwsKmsServer server =
      AwsKmsServer.builder()
          .clock(clock)
          .containerRole("task")
          .containerAuthorization("pod-token")
          .instanceRole("node")
          .webIdentity("a.b.c", "system:serviceaccount:pay:signer", "irsa")
          .start();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void tellsAUser_whoItIs() {
    try (StsClient sts = Clients.sts(server, server.credentials())) {
      GetCallerIdentityResponse identity = sts.getCallerIdentity();

      assertThat(identity.arn()).isEqualTo("arn:aws:iam::111122223333:user/emulator");
      assertThat(identity.account()).isEqualTo("111122223333");
      assertThat(identity.userId()).startsWith("AIDA");
    }
  }

  @Test
  void tellsASession_whichRoleItIs() {
    try (StsClient sts = Clients.sts(server, server.sessionCredentials("lambda"))) {
      assertThat(sts.getCallerIdentity().arn())
          .isEqualTo("arn:aws:sts::111122223333:assumed-role/lambda/session");
    }
  }

  @Test
  void refusesAnUnknownCaller_asStsDoes() {
    try (StsClient sts = Clients.sts(server, AwsCredentials.of("AKIAUNKNOWN", "secret"))) {
      assertRefused(sts::getCallerIdentity, "InvalidClientTokenId", 403, "");
    }
    try (StsClient sts =
        Clients.sts(
            server, AwsCredentials.of(server.credentials().accessKeyId(), "another secret"))) {
      assertRefused(sts::getCallerIdentity, "SignatureDoesNotMatch", 403, "");
    }
  }

  @Test
  void exchangesAWebIdentityToken() {
    try (StsClient sts = Clients.sts(server, server.credentials())) {
      Credentials credentials =
          sts.assumeRoleWithWebIdentity(
                  assume ->
                      assume
                          .roleArn("arn:aws:iam::111122223333:role/irsa")
                          .roleSessionName("pod-1")
                          .webIdentityToken("a.b.c"))
              .credentials();

      assertThat(
              principalOf(
                  AwsSessionCredentials.create(
                      credentials.accessKeyId(),
                      credentials.secretAccessKey(),
                      credentials.sessionToken())))
          .isEqualTo("arn:aws:sts::111122223333:assumed-role/irsa/pod-1");
      assertRefused(
          () ->
              sts.assumeRoleWithWebIdentity(
                  assume ->
                      assume
                          .roleArn("arn:aws:iam::111122223333:role/irsa")
                          .roleSessionName("pod-1")
                          .webIdentityToken("x.y.z")),
          "InvalidIdentityToken");
      assertRefused(
          () ->
              sts.assumeRoleWithWebIdentity(
                  assume ->
                      assume
                          .roleArn("arn:aws:iam::111122223333:role/admin")
                          .roleSessionName("pod-1")
                          .webIdentityToken("a.b.c")),
          "AccessDenied",
          403,
          "");
    }
  }

  @Test
  void handsOutContainerCredentials_toWhoHasTheToken() throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.containerCredentialsUri());

    HttpResponse<String> refused = client.send(request.build(), BodyHandlers.ofString());
    HttpResponse<String> answer =
        client.send(request.header("Authorization", "pod-token").build(), BodyHandlers.ofString());

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"RoleArn\":\"arn:aws:iam::111122223333:role/task\"")
        .contains("\"AccessKeyId\":\"ASIA")
        .contains("\"Token\":")
        .containsPattern("\"Expiration\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\"");
  }

  @Test
  void handsOutInstanceCredentials_toTheSdksOwnProvider() {
    try (InstanceProfileCredentialsProvider provider =
        InstanceProfileCredentialsProvider.builder()
            .endpoint(server.endpoint().toString())
            .build()) {
      assertThat(principalOf((AwsSessionCredentials) provider.resolveCredentials()))
          .isEqualTo("arn:aws:sts::111122223333:assumed-role/node/i-0123456789abcdef0");
    }
  }

  @Test
  void asksForASessionToken_likeImdsV2() throws Exception {
    HttpResponse<String> token =
        client.send(
            HttpRequest.newBuilder(server.endpoint().resolve("/latest/api/token"))
                .header("X-aws-ec2-metadata-token-ttl-seconds", "60")
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());

    assertThat(metadata("/latest/meta-data/placement/region", "").statusCode()).isEqualTo(401);
    assertThat(metadata("/latest/meta-data/placement/region", token.body()).body())
        .isEqualTo("eu-west-1");
    assertThat(metadata("/latest/dynamic/instance-identity/document", token.body()).body())
        .contains("\"region\":\"eu-west-1\"")
        .contains("\"accountId\":\"111122223333\"");
    assertThat(metadata("/latest/meta-data/nothing", token.body()).statusCode()).isEqualTo(404);
    clock.advance(Duration.ofMinutes(2));
    assertThat(metadata("/latest/meta-data/placement/region", token.body()).statusCode())
        .isEqualTo(401);
  }

  @Test
  void refusesATokenRequest_withoutATimeToLive() throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(server.endpoint().resolve("/latest/api/token"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(400);
  }

  private HttpResponse<String> metadata(String path, String token) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.endpoint().resolve(path));
    if (!token.isEmpty()) {
      request.header("X-aws-ec2-metadata-token", token);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private String principalOf(AwsSessionCredentials session) {
    try (KmsClient kms =
        Clients.kms(
            server,
            new AwsCredentials(
                session.accessKeyId(),
                session.secretAccessKey(),
                Optional.of(session.sessionToken()),
                Optional.empty()))) {
      kms.listKeys();
    }
    return server.journal().of("ListKeys").get(0).principal().orElseThrow();
  }
}

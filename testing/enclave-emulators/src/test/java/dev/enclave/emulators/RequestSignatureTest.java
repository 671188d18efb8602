package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkGlobalTime;
import software.amazon.awssdk.services.kms.KmsClient;

class RequestSignatureTest {

  private final ManualClock clock = new ManualClock();
  private final AwsKmsServer server = AwsKmsServer.builder().clock(clock).start();

  @AfterEach
  void stop() {
    server.close();
    // What a refusal said of the time: the SDK signs by that in the whole process from then on.
    SdkGlobalTime.setGlobalTimeOffset(0);
  }

  @Test
  void knowsTheUser() {
    list(server.credentials());

    assertThat(server.journal().entries().get(0).principal())
        .hasValue("arn:aws:iam::111122223333:user/emulator");
  }

  @Test
  void knowsTheSession() {
    list(server.sessionCredentials("signer"));

    assertThat(server.journal().entries().get(0).principal())
        .hasValue("arn:aws:sts::111122223333:assumed-role/signer/session");
  }

  @Test
  void refusesAnotherSecret() {
    AwsCredentials wrong =
        AwsCredentials.of(server.credentials().accessKeyId(), "not the secret of this key id");

    assertRefused(
        () -> list(wrong),
        "InvalidSignatureException",
        "The request signature we calculated does not match");
  }

  @Test
  void refusesAnUnknownAccessKey() {
    assertRefused(
        () -> list(AwsCredentials.of("AKIAUNKNOWNUNKNOWN00", "secret")),
        "UnrecognizedClientException",
        "The security token included in the request is invalid.");
  }

  @Test
  void refusesASession_withoutItsToken() {
    AwsCredentials session = server.sessionCredentials("signer");

    assertRefused(
        () -> list(AwsCredentials.of(session.accessKeyId(), session.secretAccessKey())),
        "UnrecognizedClientException");
    assertRefused(
        () ->
            list(
                new AwsCredentials(
                    session.accessKeyId(),
                    session.secretAccessKey(),
                    Optional.of("another token"),
                    Optional.empty())),
        "UnrecognizedClientException");
  }

  @Test
  void refusesAnExpiredSession() {
    try (AwsKmsServer brief =
            AwsKmsServer.builder().clock(clock).sessionLifetime(Duration.ofMinutes(2)).start();
        KmsClient kms = Clients.kms(brief, brief.sessionCredentials("signer"))) {
      kms.listKeys();
      clock.advance(Duration.ofMinutes(3));

      assertRefused(
          kms::listKeys,
          "ExpiredTokenException",
          "The security token included in the request is expired");
    }
  }

  @Test
  void refusesSignatures_overFiveMinutesOldOrAhead() {
    clock.advance(Duration.ofMinutes(6));
    assertRefused(
        () -> list(server.credentials()), "InvalidSignatureException", "Signature expired: ");
    clock.advance(Duration.ofMinutes(-12));
    assertRefused(
        () -> list(server.credentials()),
        "InvalidSignatureException",
        "Signature not yet current: ");
  }

  @Test
  void refusesSignatures_forAnotherRegion() {
    try (KmsClient kms = Clients.kms(server.endpoint(), "us-west-2", server.credentials())) {
      assertRefused(
          kms::listKeys,
          "InvalidSignatureException",
          "Credential should be scoped to a valid region, not 'us-west-2'");
    }
  }

  private void list(AwsCredentials credentials) {
    try (KmsClient kms = Clients.kms(server, credentials)) {
      kms.listKeys();
    }
  }
}

package dev.enclave.aws.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.Openings;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.FakeEnvironment;
import org.junit.jupiter.api.Test;

/** Whose certificates are trusted, and what is said of one that is not. */
final class AwsTrustTest {

  private static final String FILE = "/etc/wallet/gateway.pem";

  @Test
  void namesTheCertificateThatIsNotTrusted_andThatNothingWasSent() {
    try (AwsKmsServer server = AwsKmsServer.builder().tls().start()) {
      assertThat(at(server).failure())
          .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
          .returns(FailureCode.UNAVAILABLE, BackendFailure::code)
          .hasMessageContainingAll(
              "was not sent",
              "the certificate of \"127.0.0.1\", of subject \"CN=Enclave emulator\", issued by"
                  + " \"CN=Enclave emulator\", is not trusted");
      assertThat(server.journal().entries()).isEmpty();
    }
  }

  @Test
  void trustsTheOneThatTheSettingNames() throws Exception {
    try (AwsKmsServer server = AwsKmsServer.builder().tls().start();
        AwsSession session =
            at(server)
                .with("trusted-certificate", FILE)
                .on(FakeEnvironment.empty().withFile(FILE, server.certificatePem()))
                .open()) {
      session.kms().listKeys();
      assertThat(session.account()).isEqualTo(server.account());
    }
  }

  @Test
  void trustsNoOther_ifTheSettingNamesOne() {
    try (AwsKmsServer server = AwsKmsServer.builder().tls().start();
        AwsKmsServer another = AwsKmsServer.builder().tls().start()) {
      assertThat(
              at(server)
                  .with("trusted-certificate", FILE)
                  .on(FakeEnvironment.empty().withFile(FILE, another.certificatePem()))
                  .failure())
          .hasMessageContaining("is not trusted");
    }
  }

  @Test
  void saysWhichFileHasNoCertificate() {
    try (AwsKmsServer server = AwsKmsServer.builder().tls().start()) {
      Openings nonsense =
          at(server)
              .with("trusted-certificate", FILE)
              .on(FakeEnvironment.empty().withFile(FILE, "nonsense"));
      assertThat(nonsense.failure())
          .returns(FailureCode.MISCONFIGURED, BackendFailure::code)
          .hasMessageContainingAll("enclave.aws-kms.trusted-certificate", FILE);
    }
  }

  /** AWS's STS would be asked with the gateway's certificate alone, and never answer. */
  @Test
  void takesNoOtherCertificate_forAwssOwn() {
    assertThat(
            Openings.in(EnvironmentType.PRODUCTION)
                .with("endpoint", "https://kms.example.internal")
                .with("allowed-endpoints", "https://kms.example.internal")
                .with("trusted-certificate", FILE)
                .failure())
        .returns(FailureCode.REFUSED, BackendFailure::code)
        .hasMessageContainingAll(
            "needs no setting",
            "https://sts.eu-west-1.amazonaws.com",
            "enclave.aws-kms.sts-endpoint");
  }

  private static Openings at(AwsKmsServer server) {
    return Openings.in(EnvironmentType.DEVELOPMENT)
        .with("endpoint", server.endpoint().toString())
        .with("access-key-id", server.credentials().accessKeyId())
        .with("secret-access-key", server.credentials().secretAccessKey());
  }
}

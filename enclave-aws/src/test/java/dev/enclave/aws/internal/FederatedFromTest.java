package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.campaign.cloud.NamedHosts;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GoogleMetadataServer;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.FakeMetadata;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A workload on Google Cloud or Azure assumes a role, over the wire to all three. */
class FederatedFromTest {

  private static final String GOOGLES = "sts.amazonaws.com";
  private static final String AZURES = "api://enclave-aws";
  private static final String ROLE = "arn:aws:iam::111122223333:role/wallet";

  private final GoogleMetadataServer google = GoogleMetadataServer.start(InstantSource.system());
  private final AzureKeyVaultServer azure = AzureKeyVaultServer.builder().start();
  private final AwsKmsServer aws =
      AwsKmsServer.builder()
          .trusts(google.tokenIssuer(), google.serviceAccountId(), GOOGLES, "wallet")
          .trusts(azure.tokenIssuer(), azure.objectId(), AZURES, "wallet")
          .start();
  private final NamedHosts network = new NamedHosts().with("169.254.169.254", google.endpoint());

  @AfterEach
  void stop() {
    google.close();
    azure.close();
    aws.close();
  }

  @Test
  void aWorkloadOnGoogleCloudAssumesTheRole() throws Exception {
    try (AwsSession session = google().open()) {
      assertThat(session.account()).isEqualTo("111122223333");
    }
    assertThat(aws.journal().of("GetCallerIdentity"))
        .extracting(JournalEntry::principal)
        .allSatisfy(arn -> assertThat(arn.orElse("")).contains(":assumed-role/wallet/enclave"));
    assertThat(google.journal().of("MetadataIdentity")).hasSize(1);
  }

  @Test
  void aWorkloadOnAzureAssumesTheRole() throws Exception {
    try (AwsSession session = azure().open()) {
      assertThat(session.account()).isEqualTo("111122223333");
    }
    assertThat(azure.journal().of("ManagedIdentityToken")).hasSize(1);
  }

  /** What is refused names the token's issuer, audience and subject, and shows no token. */
  @Test
  void saysWhatTheTokenHas_whereTheRoleDoesNotTrustIt() {
    BackendFailure failure = google().with("federation-audience", "somebody-else").failure();
    assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
    assertThat(failure)
        .hasMessageContaining("issuer \"https://accounts.google.com\"")
        .hasMessageContaining("audience \"somebody-else\"")
        .hasMessageContaining(google.serviceAccountId())
        .hasMessageNotContaining("eyJ");
  }

  @Test
  void doesNotAssumeARole_thatDoesNotTrustTheWorkload() {
    assertThat(azure().with("role-arn", ROLE + "-of-others").failure().code())
        .isEqualTo(FailureCode.ACCESS_DENIED);
  }

  /** A token for somebody else is not shown to AWS, which could use it there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>sign in</html>",
        "e30.e30.AAAA",
        "e30.eyJhdWQiOiJzb21lYm9keS1lbHNlIn0.AAAA"
      })
  void showsAwsNothingButATokenForIt(String answered) {
    FakeMetadata hostile =
        new FakeMetadata()
            .answering(request -> FakeMetadata.ok(answered, "Metadata-Flavor", "Google"));
    BackendFailure failure = google().on(FakeEnvironment.empty().withMetadata(hostile)).failure();
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure).hasMessageContaining("something else than an identity token");
    assertThat(aws.journal().entries()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "federated-from, ibm, neither google nor azure",
    "role-arn, wallet, names no role",
    "role-arn, '', names no role"
  })
  void refusesSettingsThatAreNotWhole(String setting, String value, String observed) {
    BackendFailure failure = google().with(setting, value).failure();
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining(observed).hasMessageContaining(setting);
  }

  @Test
  void needsAnAudience_fromAzure_andTheOtherCloud_forARole() {
    assertThat(azure().without("federation-audience").failure())
        .hasMessageContaining("federation-audience");
    assertThat(google().without("federated-from").failure()).hasMessageContaining("federated-from");
  }

  /** Such a token would let AWS, or who reads along there, use Azure's keys. */
  @Test
  void showsNoTokenForAServiceOfAzure() {
    BackendFailure failure =
        azure().with("federation-audience", "https://vault.azure.net").failure();
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("\"https://vault.azure.net\"");
    assertThat(aws.journal().entries()).isEmpty();
  }

  private Openings google() {
    return at(FakeEnvironment.empty().withMetadata(network)).with("federated-from", "google");
  }

  private Openings azure() {
    return at(FakeEnvironment.empty()
            .withVariable("IDENTITY_ENDPOINT", azure.identityEndpoint().toString())
            .withVariable("IDENTITY_HEADER", azure.identityHeader()))
        .with("federated-from", "azure")
        .with("federation-audience", AZURES);
  }

  private Openings at(FakeEnvironment machine) {
    return Openings.in(EnvironmentType.DEVELOPMENT)
        .with("endpoint", aws.endpoint().toString())
        .with("sts-endpoint", aws.endpoint().toString())
        .with("role-arn", ROLE)
        .on(machine);
  }
}

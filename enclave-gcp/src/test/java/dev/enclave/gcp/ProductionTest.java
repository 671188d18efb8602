package dev.enclave.gcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.error.EnclaveException;
import dev.enclave.gcp.internal.GoogleNetwork;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The whole way in PRODUCTION, from settings to a signature, in a network where our server is
 * Google: the global endpoint, TLS, and tokens from where Google hands them out.
 */
class ProductionTest {

  private static final String POOL =
      "//iam.googleapis.com/projects/112233445566/locations/global/workloadIdentityPools/eks";
  private static final String SUBJECT_TOKEN = "the.workloads.token";
  private static final String CREDENTIALS = "/etc/wallet/federation.json";
  private static final String TOKEN_FILE = "/var/run/secrets/token";

  private final GcpKmsServer server =
      GcpKmsServer.builder()
          .tls()
          .keyRing("wallet")
          .workload(POOL + "/providers/cluster", SUBJECT_TOKEN, "wallet")
          .start();
  private final GoogleNetwork network = new GoogleNetwork(server);
  private final RecordingAuditSink audit = new RecordingAuditSink();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void signsByTheAttachedServiceAccount() {
    try (Enclave enclave = open(machine(), Map.of())) {
      requireSigning(enclave);
    }
    assertThat(principals()).containsOnly(Optional.of(server.serviceAccount()));
    assertThat(network.meant()).containsOnly("cloudkms.googleapis.com", "169.254.169.254");
  }

  @Test
  void signsByWorkloadIdentityFederation_asAServiceAccount() {
    String account = "signer@emulated.iam.gserviceaccount.com";
    try (Enclave enclave =
        open(
            federated(
                "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
                    + account
                    + ":generateAccessToken"),
            Map.of("enclave.gcp-kms.credentials-file", CREDENTIALS))) {
      requireSigning(enclave);
    }
    assertThat(principals()).containsOnly(Optional.of(account));
    assertThat(network.meant())
        .containsOnly(
            "cloudkms.googleapis.com", "sts.googleapis.com", "iamcredentials.googleapis.com");
  }

  @Test
  void signsByWorkloadIdentityFederation_byItself() {
    try (Enclave enclave =
        open(federated(""), Map.of("enclave.gcp-kms.credentials-file", CREDENTIALS))) {
      requireSigning(enclave);
    }
    assertThat(principals()).containsOnly(Optional.of("principal:" + POOL + "/subject/wallet"));
  }

  @Test
  void doesNotOpen_whereTheWorkloadIsNotKnown() {
    assertThatThrownBy(
            () ->
                open(
                    federated("").withFile(TOKEN_FILE, "somebody.elses.token"),
                    Map.of("enclave.gcp-kms.credentials-file", CREDENTIALS)))
        .isInstanceOf(EnclaveException.class)
        .hasMessageContaining("sts.googleapis.com answered HTTP 400")
        .hasMessageNotContaining("somebody.elses.token");
  }

  private void requireSigning(Enclave enclave) {
    SigningKey key =
        enclave.createKey(KeySpec.named("treasury").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    Message message = Message.ofUtf8("pay 10 to Alice");
    SignatureValue signature = key.sign(message);
    assertThat(key.verify(message, signature)).isTrue();
    assertThat(key.info().stamp()).isEqualTo(StampReading.of(EnvironmentType.PRODUCTION));
    assertThat(key.activeVersion().assurance()).isEqualTo(Assurance.HSM);
  }

  private Iterable<Optional<String>> principals() {
    return server.journal().of("AsymmetricSign").stream().map(JournalEntry::principal).toList();
  }

  private Enclave open(FakeEnvironment machine, Map<String, String> more) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(machine)
        .with(new GcpKmsBackendProvider(network::open))
        .with(audit)
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment", "production",
                    "enclave.backend", "gcp-kms",
                    "enclave.gcp-kms.key-ring", server.keyRingName("wallet"))))
        .config(new ConfigSource("more", more))
        .open();
  }

  private FakeEnvironment machine() {
    return FakeEnvironment.empty().withMetadata(network);
  }

  private static FakeEnvironment federated(String impersonation) {
    return FakeEnvironment.empty()
        .withFile(TOKEN_FILE, SUBJECT_TOKEN)
        .withFile(
            CREDENTIALS,
            "{\"type\":\"external_account\",\"audience\":\""
                + POOL
                + "/providers/cluster\",\"subject_token_type\":"
                + "\"urn:ietf:params:oauth:token-type:jwt\",\"token_url\":"
                + "\"https://sts.googleapis.com/v1/token\",\"service_account_impersonation_url\":\""
                + impersonation
                + "\",\"credential_source\":{\"file\":\""
                + TOKEN_FILE
                + "\"}}");
  }
}

package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.RotationReason;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One application with every provider on its class path and one configuration: only what its
 * environment says differs, and its keys are in another place.
 */
class OneApplicationTest {

  private static final String RING = "wallet";
  private static final String CERTIFICATE = "/etc/wallet/vault.pem";
  private static final String TOKEN_FILE = "/var/run/secrets/azure/tokens/azure-identity-token";

  private AwsKmsServer aws;
  private AzureKeyVaultServer azure;
  private GcpKmsServer gcp;
  private Path configuration;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    aws = AwsKmsServer.builder().anySignatureTime().start();
    azure =
        AzureKeyVaultServer.builder()
            // Of its own: azure-identity keeps tokens for the whole process, by client id.
            .identity(UUID.randomUUID().toString(), UUID.randomUUID().toString())
            .start();
    gcp = GcpKmsServer.builder().keyRing(RING).start();
    configuration = folder.resolve("enclave.properties");
    Files.writeString(
        configuration,
        "enclave.environment=development\n"
            + "enclave.azure-keyvault.vault-url="
            + azure.vaultUrl()
            + "\nenclave.gcp-kms.key-ring="
            + gcp.keyRingName(RING)
            + "\nenclave.software.directory="
            + folder.resolve("keys")
            + "\nenclave.software.passphrase=correct horse battery\n");
  }

  @AfterEach
  void stop() {
    aws.close();
    azure.close();
    gcp.close();
  }

  @Test
  void landsInAws_whereTheEnvironmentIsAwss() {
    requireWorking(onAws(FakeEnvironment.empty()), BackendId.AWS_KMS);
    requireUnasked(azure.journal(), gcp.journal());
  }

  @Test
  void landsInAzure_whereTheEnvironmentIsAzures() {
    requireWorking(onAzure(FakeEnvironment.empty()), BackendId.AZURE_KEYVAULT);
    requireUnasked(aws.journal(), gcp.journal());
  }

  @Test
  void landsInGoogleCloud_whereTheEnvironmentIsGoogles() {
    requireWorking(onGoogle(FakeEnvironment.empty()), BackendId.GCP_KMS);
    requireUnasked(aws.journal(), azure.journal());
  }

  @Test
  void staysOnTheMachine_whereTheEnvironmentSaysNothing() {
    requireWorking(FakeEnvironment.empty(), BackendId.SOFTWARE);
    requireUnasked(aws.journal(), azure.journal(), gcp.journal());
  }

  @Test
  void choosesBetweenTwoClouds_keyByKey() {
    try (Enclave enclave = open(onGoogle(onAws(FakeEnvironment.empty())))) {
      SigningKey here = create(enclave, "treasury", BackendId.AWS_KMS);
      SigningKey there = create(enclave, "hot-wallet", BackendId.GCP_KMS);
      requireSigning(here);
      requireSigning(there);
      assertThat(enclave.key(here.handle()).handle()).isEqualTo(here.handle());
      assertThat(enclave.key(there.handle()).handle()).isEqualTo(there.handle());
    }
    assertThat(aws.journal().of("Sign")).isNotEmpty();
    assertThat(gcp.journal().of("AsymmetricSign")).isNotEmpty();
  }

  private static void requireUnasked(Journal... others) {
    for (Journal other : others) {
      assertThat(other.entries()).isEmpty();
    }
  }

  private static SigningKey create(Enclave enclave, String name, BackendId backend) {
    SigningKey key =
        enclave.ensureKey(
            KeySpec.named(name).algorithm(KeyAlgorithm.ECDSA_P256_SHA256).on(backend));
    assertThat(key.handle().backend()).isEqualTo(backend);
    return key;
  }

  /** The application: it knows no cloud. */
  private void requireWorking(FakeEnvironment environment, BackendId expected) {
    try (Enclave enclave = open(environment)) {
      assertThat(enclave.resolution().chosen()).isEqualTo(expected);
      SigningKey key =
          enclave.ensureKey(KeySpec.named("wallet").algorithm(KeyAlgorithm.ECDSA_P256_SHA256));
      assertThat(key.handle().backend()).isEqualTo(expected);
      SignatureValue before = requireSigning(key);
      key.rotate(
          dev.enclave.RotationRequest.ifActive(key.activeVersion())
              .reason(RotationReason.SCHEDULED));
      requireSigning(key);
      assertThat(key.verify(Message.ofUtf8("pay 10 to Alice"), before)).isTrue();
    }
  }

  private static SignatureValue requireSigning(SigningKey key) {
    Message message = Message.ofUtf8("pay 10 to Alice");
    SignatureValue signature = key.sign(message);
    assertThat(key.verify(message, signature)).isTrue();
    return signature;
  }

  private Enclave open(FakeEnvironment environment) {
    return EnclaveFactory.builder()
        .with(environment)
        .configFile(configuration)
        .with(new RecordingAuditSink())
        .open();
  }

  private FakeEnvironment onAws(FakeEnvironment environment) {
    return environment
        .withVariable("ENCLAVE_AWS_KMS_REGION", aws.region())
        .withVariable("ENCLAVE_AWS_KMS_ENDPOINT", aws.endpoint().toString())
        .withVariable("ENCLAVE_AWS_KMS_STS_ENDPOINT", aws.endpoint().toString())
        .withVariable("ENCLAVE_AWS_KMS_ACCESS_KEY_ID", aws.credentials().accessKeyId())
        .withVariable("ENCLAVE_AWS_KMS_SECRET_ACCESS_KEY", aws.credentials().secretAccessKey());
  }

  private FakeEnvironment onAzure(FakeEnvironment environment) {
    return environment
        .withFile(CERTIFICATE, azure.certificatePem())
        .withFile(TOKEN_FILE, azure.federatedToken())
        .withVariable("AZURE_FEDERATED_TOKEN_FILE", TOKEN_FILE)
        .withVariable("AZURE_CLIENT_ID", azure.clientId())
        .withVariable("AZURE_TENANT_ID", azure.tenant())
        .withVariable("AZURE_AUTHORITY_HOST", azure.authorityHost().toString())
        .withVariable("ENCLAVE_AZURE_KEYVAULT_ALLOWED_ENDPOINTS", azure.vaultUrl().toString())
        .withVariable("ENCLAVE_AZURE_KEYVAULT_TRUSTED_CERTIFICATE", CERTIFICATE);
  }

  private FakeEnvironment onGoogle(FakeEnvironment environment) {
    return environment
        .withVariable("ENCLAVE_GCP_KMS_ENDPOINT", "http://" + gcp.target())
        .withVariable("ENCLAVE_GCP_KMS_ACCESS_TOKEN", gcp.accessToken());
  }
}

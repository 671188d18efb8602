package dev.enclave.jca.consumer;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.SigningAlgorithm;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.software.SoftwareBackendProvider;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.startup.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import java.util.Map;

/** Where the keys are: in files, or at a server of ours that speaks a cloud's protocol. */
enum Places {
  SOFTWARE("Software, in files", Map.of()) {
    @Override
    Place open(Path folder) {
      return new Place(
          enclave(
              new SoftwareBackendProvider(),
              FakeEnvironment.empty(),
              Map.of(
                  "enclave.environment",
                  "local",
                  "enclave.software.directory",
                  folder.resolve("keys").toString())),
          () -> {});
    }
  },
  AWS_KMS("AWS KMS", Map.of()) {
    @Override
    Place open(Path folder) {
      AwsKmsServer server = AwsKmsServer.builder().start();
      String endpoint = server.endpoint().toString();
      return new Place(
          enclave(
              new AwsKmsBackendProvider(),
              FakeEnvironment.empty(),
              Map.of(
                  "enclave.environment",
                  "development",
                  "enclave.aws-kms.region",
                  server.region(),
                  "enclave.aws-kms.endpoint",
                  endpoint,
                  "enclave.aws-kms.sts-endpoint",
                  endpoint,
                  "enclave.aws-kms.access-key-id",
                  server.credentials().accessKeyId(),
                  "enclave.aws-kms.secret-access-key",
                  server.credentials().secretAccessKey())),
          server::close);
    }
  },
  AZURE_KEY_VAULT(
      "Azure Key Vault", Map.of(SigningAlgorithm.ED25519, "Key Vault has no Edwards curves")) {
    @Override
    Place open(Path folder) {
      AzureKeyVaultServer server = AzureKeyVaultServer.builder().start();
      String vault = server.vaultUrl().toString();
      return new Place(
          enclave(
              new AzureKeyVaultBackendProvider(),
              FakeEnvironment.empty()
                  .withVariable("AZURE_FEDERATED_TOKEN_FILE", "/token")
                  .withVariable("AZURE_CLIENT_ID", server.clientId())
                  .withVariable("AZURE_TENANT_ID", server.tenant())
                  .withVariable("AZURE_AUTHORITY_HOST", server.authorityHost().toString())
                  .withFile("/token", server.federatedToken())
                  .withFile("/vault.pem", server.certificatePem()),
              Map.of(
                  "enclave.environment",
                  "development",
                  "enclave.azure-keyvault.vault-url",
                  vault,
                  "enclave.azure-keyvault.allowed-endpoints",
                  vault,
                  "enclave.azure-keyvault.trusted-certificate",
                  "/vault.pem")),
          server::close);
    }
  },
  GOOGLE_CLOUD_KMS("Google Cloud KMS", Map.of()) {
    @Override
    Place open(Path folder) {
      GcpKmsServer server = GcpKmsServer.builder().keyRing("jca").start();
      return new Place(
          enclave(
              new GcpKmsBackendProvider(),
              FakeEnvironment.empty(),
              Map.of(
                  "enclave.environment",
                  "development",
                  "enclave.gcp-kms.key-ring",
                  server.keyRingName("jca"),
                  "enclave.gcp-kms.endpoint",
                  "http://" + server.target(),
                  "enclave.gcp-kms.access-token",
                  server.accessToken())),
          server::close);
    }
  };

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // made by Map.of
  private final Map<SigningAlgorithm, String> lacking;

  Places(String title, Map<SigningAlgorithm, String> lacking) {
    this.title = title;
    this.lacking = lacking;
  }

  String title() {
    return title;
  }

  /** The algorithms that it does not have, each with the reason. */
  Map<SigningAlgorithm, String> lacking() {
    return lacking;
  }

  /** An Enclave, and the server behind it. */
  record Place(Enclave enclave, Runnable server) implements AutoCloseable {

    @Override
    public void close() {
      enclave.close();
      server.run();
    }
  }

  abstract Place open(Path folder);

  private static Enclave enclave(
      BackendProvider provider, FakeEnvironment environment, Map<String, String> settings) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(environment)
        .with(provider)
        .with(new RecordingAuditSink())
        .config(new ConfigSource("test", settings))
        .open();
  }
}

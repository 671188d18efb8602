package dev.enclave.jca.consumer;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.software.SoftwareBackendProvider;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Where the keys are. */
enum Places {
  SOFTWARE("Software, in files", Map.of()) {
    @Override
    Place open(Path folder) {
      return new Place(
          enclave(
              FakeEnvironment.empty(),
              Map.of(
                  "enclave.environment",
                  "local",
                  "enclave.software.directory",
                  folder.resolve("keys").toString()),
              new SoftwareBackendProvider()),
          () -> {});
    }
  },

  AWS("AWS KMS, our server", Map.of()) {
    @Override
    Place open(Path folder) {
      AwsKmsServer server = AwsKmsServer.builder().start();
      return new Place(
          enclave(FakeEnvironment.empty(), settings(server), new AwsKmsBackendProvider()),
          server::close);
    }
  },

  AZURE(
      "Azure Key Vault, our server",
      Map.of(SigningAlgorithm.ED25519, "Azure Key Vault does not have it")) {
    @Override
    Place open(Path folder) {
      AzureKeyVaultServer server = AzureKeyVaultServer.builder().start();
      String certificate = "/etc/wallet/vault.pem";
      String token = "/var/run/secrets/azure/tokens/azure-identity-token";
      return new Place(
          enclave(
              FakeEnvironment.empty()
                  .withFile(certificate, server.certificatePem())
                  .withFile(token, server.federatedToken())
                  .withVariable("AZURE_FEDERATED_TOKEN_FILE", token)
                  .withVariable("AZURE_CLIENT_ID", server.clientId())
                  .withVariable("AZURE_TENANT_ID", server.tenant())
                  .withVariable("AZURE_AUTHORITY_HOST", server.authorityHost().toString()),
              Map.of(
                  "enclave.azure-keyvault.vault-url", server.vaultUrl().toString(),
                  "enclave.azure-keyvault.allowed-endpoints", server.vaultUrl().toString(),
                  "enclave.azure-keyvault.trusted-certificate", certificate),
              new AzureKeyVaultBackendProvider()),
          server::close);
    }
  },

  GOOGLE(
      "Google Cloud KMS, our server",
      Map.of(SigningAlgorithm.ED25519, "Google Cloud KMS does not have it in an HSM")) {
    @Override
    Place open(Path folder) {
      GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start();
      return new Place(
          enclave(
              FakeEnvironment.empty(),
              Map.of(
                  "enclave.gcp-kms.key-ring", server.keyRingName("wallet"),
                  "enclave.gcp-kms.endpoint", "http://" + server.target(),
                  "enclave.gcp-kms.access-token", server.accessToken()),
              new GcpKmsBackendProvider()),
          server::close);
    }
  },

  KUBERNETES("Kubernetes, a real API server, sealed by AWS KMS", Map.of()) {
    @Override
    Place open(Path folder) {
      AwsKmsServer kek = AwsKmsServer.builder().start();
      Map<String, String> settings = settings(kek);
      try (Enclave operator =
          enclave(FakeEnvironment.empty(), settings, new AwsKmsBackendProvider())) {
        operator.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM));
      }
      settings.put("enclave.kubernetes.kek", "aws-kms:kek");
      return new Place(
          enclave(pod(), settings, new KubernetesBackendProvider(), new AwsKmsBackendProvider()),
          kek::close);
    }

    private static FakeEnvironment pod() {
      ApiServer server = SharedApiServer.get();
      String namespace = "jca-" + UUID.randomUUID();
      server.createNamespace(namespace);
      String account = "/var/run/secrets/kubernetes.io/serviceaccount/";
      return FakeEnvironment.empty()
          .withVariable("KUBERNETES_SERVICE_HOST", server.uri().getHost())
          .withVariable("KUBERNETES_SERVICE_PORT", Integer.toString(server.uri().getPort()))
          .withFile(account + "ca.crt", server.caPem())
          .withFile(account + "namespace", namespace)
          .withFile(account + "token", server.adminToken());
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

  private static Map<String, String> settings(AwsKmsServer server) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("enclave.aws-kms.region", server.region());
    settings.put("enclave.aws-kms.endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.sts-endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.access-key-id", server.credentials().accessKeyId());
    settings.put("enclave.aws-kms.secret-access-key", server.credentials().secretAccessKey());
    return settings;
  }

  /** Of keys at the first of the providers. */
  private static Enclave enclave(
      FakeEnvironment environment, Map<String, String> settings, BackendProvider... providers) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.putIfAbsent("enclave.environment", "development");
    all.put("enclave.backend", providers[0].id().value());
    EnclaveFactory.Builder builder =
        EnclaveFactory.builder()
            .discovery(false)
            .with(environment)
            .with(new RecordingAuditSink())
            .config(new ConfigSource("test", all));
    for (BackendProvider provider : providers) {
      builder.with(provider);
    }
    return builder.open();
  }
}

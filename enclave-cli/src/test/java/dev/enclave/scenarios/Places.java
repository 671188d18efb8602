package dev.enclave.scenarios;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Three clouds on loopback, and one configuration for all of them and for the machine itself. */
final class Places implements AutoCloseable {

  private static final String RING = "wallet";
  static final String CERTIFICATE = "/etc/wallet/vault.pem";
  static final String TOKEN_FILE = "/var/run/secrets/azure/tokens/azure-identity-token";

  /** What will go wrong at any of them. */
  final FaultInjector awsFaults = new FaultInjector();

  final FaultInjector azureFaults = new FaultInjector();
  final FaultInjector gcpFaults = new FaultInjector();

  final AwsKmsServer aws;
  final AzureKeyVaultServer azure;
  final GcpKmsServer gcp;

  /** The servers' time, for Enclaves that are to wait for nothing. */
  final HurriedTime time = new HurriedTime();

  /** Where the machine's own keys would be. */
  final Path machinesKeys;

  final Path configuration;

  Places(Path folder) throws IOException {
    aws = AwsKmsServer.builder().faults(awsFaults).anySignatureTime().start();
    azure =
        AzureKeyVaultServer.builder().faults(azureFaults).clock(time::now).anyTokenTime().start();
    gcp =
        GcpKmsServer.builder()
            .faults(gcpFaults)
            .clock(time::now)
            .tokenLifetime(Duration.ofDays(1))
            .keyRing(RING)
            .start();
    machinesKeys = folder.resolve("keys");
    configuration =
        Files.writeString(
            folder.resolve("enclave.properties"),
            settings().entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining()));
  }

  Map<String, String> settings() {
    return Map.of(
        "enclave.environment",
        "development",
        "enclave.azure-keyvault.vault-url",
        azure.vaultUrl().toString(),
        "enclave.gcp-kms.key-ring",
        gcp.keyRingName(RING),
        "enclave.software.directory",
        machinesKeys.toString(),
        "enclave.software.passphrase",
        "correct horse battery");
  }

  /** The application, with every provider on its class path, where the environment says so. */
  Enclave open(FakeEnvironment environment) {
    return builder(environment).open();
  }

  EnclaveFactory.Builder builder(FakeEnvironment environment) {
    return EnclaveFactory.builder()
        .with(environment)
        .configFile(configuration)
        .with(new RecordingAuditSink());
  }

  FakeEnvironment onAws(FakeEnvironment environment) {
    return environment
        .withVariable("ENCLAVE_AWS_KMS_REGION", aws.region())
        .withVariable("ENCLAVE_AWS_KMS_ENDPOINT", aws.endpoint().toString())
        .withVariable("ENCLAVE_AWS_KMS_STS_ENDPOINT", aws.endpoint().toString())
        .withVariable("ENCLAVE_AWS_KMS_ACCESS_KEY_ID", aws.credentials().accessKeyId())
        .withVariable("ENCLAVE_AWS_KMS_SECRET_ACCESS_KEY", aws.credentials().secretAccessKey());
  }

  FakeEnvironment onAzure(FakeEnvironment environment) {
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

  FakeEnvironment onGoogle(FakeEnvironment environment) {
    return environment
        .withVariable("ENCLAVE_GCP_KMS_ENDPOINT", "http://" + gcp.target())
        .withVariable("ENCLAVE_GCP_KMS_ACCESS_TOKEN", gcp.accessToken());
  }

  @Override
  public void close() {
    aws.close();
    azure.close();
    gcp.close();
  }
}

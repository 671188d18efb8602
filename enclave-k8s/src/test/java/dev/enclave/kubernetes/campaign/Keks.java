package dev.enclave.kubernetes.campaign;

import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.gcp.GcpKmsBackendProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Starts servers of clouds with a key-encryption key; each has the faults of the whole. */
public final class Keks {

  private static final String RING = "payments";

  private Keks() {}

  public static KekServer onAws(FaultInjector faults) {
    return onAws(AwsKmsServer.builder().faults(faults).start());
  }

  static KekServer onAws(AwsKmsServer server) {
    AwsCredentials credentials = server.credentials();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("enclave.aws-kms.region", "eu-west-1");
    settings.put("enclave.aws-kms.endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.sts-endpoint", server.endpoint().toString());
    settings.put("enclave.aws-kms.access-key-id", credentials.accessKeyId());
    settings.put("enclave.aws-kms.secret-access-key", credentials.secretAccessKey());
    settings.put("enclave.aws-kms.allowed-endpoints", server.endpoint().toString());
    return KekServer.holding(
        new AwsKmsBackendProvider(),
        WrappingAlgorithm.AES_256_GCM,
        Deployment.of(settings),
        server.journal(),
        server::close);
  }

  public static KekServer onAzure(FaultInjector faults, InstantSource clock) {
    AzureKeyVaultServer server =
        AzureKeyVaultServer.builder()
            .faults(faults)
            .clock(clock)
            .anyTokenTime()
            .identity(UUID.randomUUID().toString(), UUID.randomUUID().toString())
            .start();
    String certificate = "/etc/wallet/vault.pem";
    String token = "/var/run/secrets/azure/tokens/azure-identity-token";
    return KekServer.holding(
        new AzureKeyVaultBackendProvider(),
        WrappingAlgorithm.RSA_OAEP_3072_SHA256,
        new Deployment(
            Map.of(
                "enclave.azure-keyvault.vault-url", server.vaultUrl().toString(),
                "enclave.azure-keyvault.allowed-endpoints", server.vaultUrl().toString(),
                "enclave.azure-keyvault.trusted-certificate", certificate),
            Map.of(
                "AZURE_FEDERATED_TOKEN_FILE", token,
                "AZURE_CLIENT_ID", server.clientId(),
                "AZURE_TENANT_ID", server.tenant(),
                "AZURE_AUTHORITY_HOST", server.authorityHost().toString()),
            Map.of(certificate, server.certificatePem(), token, server.federatedToken())),
        server.journal(),
        server::close);
  }

  public static KekServer onGoogle(FaultInjector faults, InstantSource clock) {
    GcpKmsServer server =
        GcpKmsServer.builder()
            .faults(faults)
            .clock(clock)
            .keyRing(RING)
            .tokenLifetime(Duration.ofDays(36_500))
            .start();
    return KekServer.holding(
        new GcpKmsBackendProvider(),
        WrappingAlgorithm.AES_256_GCM,
        Deployment.of(
            Map.of(
                "enclave.gcp-kms.key-ring", server.keyRingName(RING),
                "enclave.gcp-kms.endpoint", "http://" + server.target(),
                "enclave.gcp-kms.access-token", server.accessToken())),
        server.journal(),
        server::close);
  }
}

package dev.enclave.kubernetes.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.enclave.BackendId;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.BackendFailure;
import dev.enclave.vault.VaultBackendProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts servers of clouds with a key-encryption key; each has the faults of the whole. */
public final class Keks {

  /** The mounted token of a pod that is for Vault alone. */
  public static final String VAULT_TOKEN_FILE = "/var/run/secrets/vault/token";

  private static final String RING = "payments";
  private static final String ROLE = "wallet";

  /** More time is skipped than a token of Vault lasts. */
  private static final Duration ENDLESS = Duration.ofDays(36_500);

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
            .tokenLifetime(ENDLESS)
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

  /** Whoever has the token of the pod may do what the printed policies say, and nothing else. */
  public static KekServer onVault(FaultInjector faults, InstantSource clock) {
    String token = tokenOfPod();
    VaultServer server =
        VaultServer.builder()
            .faults(faults)
            .clock(clock)
            .sealType("pkcs11")
            .leases(ENDLESS, ENDLESS)
            .kubernetesRole(
                ROLE,
                Map.of(
                    "bound_service_account_names", ROLE,
                    "bound_service_account_namespaces", "payments",
                    "audience", "vault",
                    "token_policies", "printed"))
            .tokenReviewer(token::equals)
            .start();
    Deployment pod =
        onVault(server, ROLE)
            .and(new Deployment(Map.of(), Map.of(), Map.of(VAULT_TOKEN_FILE, token)));
    server.setPolicy("printed", printedPolicies(pod));
    return KekServer.holding(
        new VaultBackendProvider(),
        WrappingAlgorithm.AES_256_GCM,
        pod,
        server.journal(),
        server::close);
  }

  /** What lets a pod log in that has the token for it mounted. */
  public static Deployment onVault(VaultServer server, String role) {
    return Deployment.of(
        Map.of(
            "enclave.vault.address",
            server.address().toString(),
            "enclave.vault.auth",
            "kubernetes",
            "enclave.vault.role",
            role,
            "enclave.vault.token-file",
            VAULT_TOKEN_FILE,
            "enclave.vault.hsm-seal",
            "pkcs11"));
  }

  /** What doctor prints for Vault: three policies, of which the first is for using keys. */
  public static String printedPolicies(Deployment client) {
    try {
      return new VaultBackendProvider()
          .accessPolicy(client.context(BackendId.VAULT, Pod.REAL_TIME))
          .text();
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  /** As an API server writes one for a service account; who it is from, the reviewer says. */
  private static String tokenOfPod() {
    String claims =
        """
        {"aud": ["vault"], "iat": 1, "exp": 9999999999,
         "kubernetes.io": {"namespace": "payments", "serviceaccount": {"name": "wallet", "uid": "1"}}}
        """;
    return Stream.of("{\"alg\":\"RS256\"}", claims, UUID.randomUUID().toString())
        .map(part -> Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(UTF_8)))
        .collect(Collectors.joining("."));
  }
}

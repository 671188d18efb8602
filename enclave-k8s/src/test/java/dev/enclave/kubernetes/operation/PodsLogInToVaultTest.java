package dev.enclave.kubernetes.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.bench.PatientTime;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.kubernetes.ApiClient;
import dev.enclave.campaign.kubernetes.KubeApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.emulators.VaultServer;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.campaign.Keks;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.vault.VaultBackendProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A pod whose key-encryption key is in Vault logs in there with a token that the API server issued,
 * which Vault has that server review, and holds the printed policy for using keys alone.
 */
@Tag("needs-kube-apiserver")
@Tag("full")
@ExtendWith(SharedApiServer.class)
class PodsLogInToVaultTest {

  private static final String AUDIENCE = "vault";
  private static final String ROLE = "wallet";
  private static final String ROOT = "/run/vault/root";
  private static final Message PAY = Message.ofUtf8("pay");

  private final KubeApiServer server;
  private final Pod pod;
  private final VaultServer vault;
  private final Deployment client;

  PodsLogInToVaultTest(KubeApiServer server) {
    this.server = server;
    this.pod = Pod.in(server);
    this.vault =
        VaultServer.builder()
            .clock(InstantSource.system())
            .sealType("pkcs11")
            .kubernetesRole(
                ROLE,
                Map.of(
                    "bound_service_account_names",
                    Pod.ACCOUNT,
                    "bound_service_account_namespaces",
                    pod.namespace(),
                    "audience",
                    AUDIENCE,
                    "token_policies",
                    "use",
                    "token_ttl",
                    "20m"))
            .tokenReviewer(this::reviewed)
            .start();
    this.client = Keks.onVault(vault, ROLE);
    vault.setPolicy("use", Keks.printedPolicies(client).split("\n\n", -1)[0]);
    makeKek();
  }

  @AfterEach
  void stop() {
    vault.close();
  }

  /** As Vault does, for the audience of the role. */
  private boolean reviewed(String token) {
    ApiClient.Answer review =
        server
            .admin()
            .post(
                "/apis/authentication.k8s.io/v1/tokenreviews",
                """
                {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                 "spec": {"token": "%s", "audiences": ["%s"]}}
                """
                    .formatted(token, AUDIENCE));
    return review.at("status", "authenticated").filter("true"::equals).isPresent();
  }

  private EnclaveFactory.Builder factory(String backend, Map<String, String> more) {
    Map<String, String> settings = new TreeMap<>(client.settings());
    settings.put("enclave.environment", "development");
    settings.put("enclave.backend", backend);
    settings.putAll(more);
    return EnclaveFactory.builder()
        .discovery(false)
        .with(pod)
        .with(new PatientTime())
        .with(new RecordingAuditSink())
        .with(new VaultBackendProvider())
        .with(new KubernetesBackendProvider())
        .config(new ConfigSource("test", settings));
  }

  /** By the operator, who is no pod. */
  private void makeKek() {
    pod.file(ROOT, vault.rootToken());
    Map<String, String> root =
        Map.of("enclave.vault.auth", "token", "enclave.vault.token-file", ROOT);
    try (Enclave operator = factory("vault", root).open()) {
      operator.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM));
    }
    pod.without(ROOT);
  }

  /** Opens Enclave in the pod, with that token mounted for Vault. */
  private Enclave open(String token) {
    pod.file(Keks.VAULT_TOKEN_FILE, token);
    return factory("kubernetes", Map.of("enclave.kubernetes.kek", "vault:kek")).open();
  }

  private String token(String account, String... audiences) {
    return server.token(pod.namespace(), account, Duration.ofMinutes(10), audiences);
  }

  @Test
  void aTokenOfTheApiServerLogsIn_andThePolicyForUseIsEnough() {
    String token = token(Pod.ACCOUNT, AUDIENCE);
    try (Enclave enclave = open(token)) {
      SigningKey made =
          enclave.createKey(KeySpec.named("payments").algorithm(SigningAlgorithm.ED25519));
      assertThat(made.verify(PAY, made.sign(PAY))).isTrue();
    }
    try (Enclave restarted = open(token)) {
      SigningKey found = restarted.signingKeys().key("payments");
      assertThat(found.verify(PAY, found.sign(PAY))).isTrue();
    }
    assertThat(vault.journal().of("auth/kubernetes/login")).hasSize(2);
    assertThat(vault.journal().of("transit/encrypt")).isNotEmpty();
    assertThat(vault.journal().of("transit/decrypt")).isNotEmpty();
  }

  @Test
  void theTokenOfAnotherServiceAccountIsRefused() {
    server.createServiceAccount(pod.namespace(), "stranger");
    requireRefused(token("stranger", AUDIENCE));
  }

  @Test
  void aTokenForTheApiServerIsRefused_whereTheRoleNamesAnotherAudience() {
    requireRefused(token(Pod.ACCOUNT));
  }

  @Test
  void aTokenIsRefusedThatTheApiServerDidNotSign() {
    String token = token(Pod.ACCOUNT, AUDIENCE);
    String another = token(Pod.ACCOUNT);
    String claims = token.substring(0, token.lastIndexOf('.'));
    requireRefused(claims + another.substring(another.lastIndexOf('.')));
  }

  /** By Vault, and with what is to be looked at. */
  private void requireRefused(String token) {
    assertThatThrownBy(() -> open(token))
        .isInstanceOfSatisfying(
            EnclaveException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.ACCESS_DENIED))
        .hasMessageContaining("enclave.vault.role")
        .hasMessageContaining("at the server what the role is bound to")
        .hasMessageNotContaining(token);
    assertThat(vault.journal().of("auth/kubernetes/login")).isNotEmpty();
    assertThat(vault.journal().of("transit/encrypt")).isEmpty();
  }
}

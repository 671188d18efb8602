package dev.enclave.emulators.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultTokenSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.vault.VaultException;
import org.springframework.vault.authentication.AppRoleAuthentication;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions.RoleId;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions.SecretId;
import org.springframework.vault.authentication.ClientAuthentication;
import org.springframework.vault.authentication.KubernetesAuthentication;
import org.springframework.vault.authentication.KubernetesAuthenticationOptions;
import org.springframework.vault.authentication.LifecycleAwareSessionManager;
import org.springframework.vault.authentication.SimpleSessionManager;
import org.springframework.vault.authentication.TokenAuthentication;
import org.springframework.vault.client.VaultClients;
import org.springframework.vault.client.VaultEndpoint;
import org.springframework.vault.core.VaultTemplate;
import org.springframework.vault.core.VaultTransitOperations;
import org.springframework.vault.core.VaultVersionedKeyValueOperations;
import org.springframework.vault.support.Plaintext;
import org.springframework.vault.support.Policy;
import org.springframework.vault.support.Signature;
import org.springframework.vault.support.VaultToken;
import org.springframework.vault.support.VaultTransitKeyConfiguration;
import org.springframework.vault.support.VaultTransitKeyCreationRequest;
import org.springframework.vault.support.Versioned;
import org.springframework.vault.support.Versioned.Version;
import org.springframework.web.client.RestOperations;

/** Spring Vault, a third party's client, unchanged. */
class SpringVaultTest {

  private static final TestJwts KEYS = new TestJwts();

  private final ClientHttpRequestFactory requests = new JdkClientHttpRequestFactory();
  private VaultServer server;
  private VaultEndpoint endpoint;
  private RestOperations rest;

  @BeforeEach
  void start() {
    server =
        VaultServer.builder()
            .policy(
                "app",
                "path \"secret/data/app/*\" { capabilities = [\"create\", \"update\", \"read\"] }"
                    + "\npath \"transit/+/app\" { capabilities = [\"create\", \"update\"] }")
            .appRole("ci", Map.of("token_policies", "app", "token_ttl", "1h"))
            .auth("kubernetes", "kubernetes", Map.of("pem_keys", List.of(KEYS.pem())))
            .kubernetesRole(
                "pods",
                Map.of(
                    "bound_service_account_names", "signer",
                    "bound_service_account_namespaces", "prod",
                    "token_policies", "app"))
            .start();
    endpoint = VaultEndpoint.from(server.address());
    rest = VaultClients.createRestTemplate(endpoint, requests);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private VaultTemplate template(ClientAuthentication authentication) {
    return new VaultTemplate(endpoint, requests, new SimpleSessionManager(authentication));
  }

  private VaultTemplate root() {
    return template(new TokenAuthentication(server.rootToken()));
  }

  @Test
  void logsIn_withARoleIdAndASecretId() {
    VaultTemplate app =
        template(
            new AppRoleAuthentication(
                AppRoleAuthenticationOptions.builder()
                    .roleId(RoleId.provided(server.appRoleId("ci")))
                    .secretId(SecretId.provided(server.newSecretId("ci")))
                    .build(),
                rest));
    app.opsForVersionedKeyValue("secret").put("app/one", Map.of("a", "1"));
    assertThatExceptionOfType(VaultException.class)
        .isThrownBy(() -> app.opsForVersionedKeyValue("secret").put("other/one", Map.of("a", "1")))
        .withMessageContaining("403");
  }

  @Test
  void logsIn_withIdsThatItPulls() {
    VaultToken root = VaultToken.of(server.rootToken());
    VaultToken token =
        new AppRoleAuthentication(
                AppRoleAuthenticationOptions.builder()
                    .appRole("ci")
                    .roleId(RoleId.pull(root))
                    .secretId(SecretId.pull(root))
                    .build(),
                rest)
            .login();
    assertThat(token.getToken()).startsWith("s.");
  }

  @Test
  void logsIn_withAServiceAccountsToken() throws Exception {
    Instant now = Instant.now();
    String jwt =
        KEYS.sign(
            "{'iat': "
                + now.getEpochSecond()
                + ", 'exp': "
                + now.plusSeconds(600).getEpochSecond()
                + ", 'kubernetes.io': {'namespace': 'prod',"
                + " 'serviceaccount': {'name': 'signer', 'uid': 'u-1'}}}");
    VaultTemplate pod = template(kubernetes(jwt));
    pod.opsForTransit().createKey("app");
    assertThat(pod.opsForTransit().encrypt("app", "text")).startsWith("vault:v1:");
    assertThatExceptionOfType(VaultException.class)
        .isThrownBy(() -> kubernetes("a.b.c").login())
        .withMessageContaining("Cannot login using Kubernetes: permission denied");
  }

  private KubernetesAuthentication kubernetes(String jwt) {
    return new KubernetesAuthentication(
        KubernetesAuthenticationOptions.builder().role("pods").jwtSupplier(() -> jwt).build(),
        rest);
  }

  @Test
  void renewsAndRevokesItsSession() {
    String token = server.issueToken(VaultTokenSpec.of("app"));
    ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    scheduler.afterPropertiesSet();
    try {
      LifecycleAwareSessionManager sessions =
          new LifecycleAwareSessionManager(
              new AppRoleAuthentication(
                  AppRoleAuthenticationOptions.builder()
                      .roleId(RoleId.provided(server.appRoleId("ci")))
                      .secretId(SecretId.provided(server.newSecretId("ci")))
                      .build(),
                  rest),
              scheduler,
              rest);
      VaultToken session = sessions.getSessionToken();
      assertThat(sessions.renewToken()).isTrue();
      sessions.destroy();
      assertThatExceptionOfType(VaultException.class)
          .isThrownBy(
              () ->
                  template(new TokenAuthentication(session))
                      .opsForVersionedKeyValue("secret")
                      .get("app/one"));
      assertThat(token).isNotEqualTo(session.getToken());
    } finally {
      scheduler.shutdown();
    }
  }

  @Test
  void signsRotatesAndTrims() {
    VaultTransitOperations transit = root().opsForTransit();
    transit.createKey("sign", VaultTransitKeyCreationRequest.ofKeyType("ecdsa-p256"));
    Plaintext text = Plaintext.of("text");
    Signature signature = transit.sign("sign", text);
    assertThat(transit.verify("sign", text, signature)).isTrue();
    assertThat(transit.verify("sign", Plaintext.of("other"), signature)).isFalse();
    transit.rotate("sign");
    assertThat(transit.getKey("sign").getLatestVersion()).isEqualTo(2);
    transit.configureKey(
        "sign",
        VaultTransitKeyConfiguration.builder()
            .minDecryptionVersion(2)
            .minEncryptionVersion(2)
            .deletionAllowed(true)
            .build());
    assertThatExceptionOfType(VaultException.class)
        .isThrownBy(() -> transit.verify("sign", text, signature))
        .withMessageContaining("too old");
    assertThat(transit.getKeys()).containsExactly("sign");
    transit.deleteKey("sign");
    assertThat(transit.getKey("sign")).isNull();
  }

  @Test
  void encryptsRewrapsAndDecrypts() {
    VaultTransitOperations transit = root().opsForTransit();
    transit.createKey("wrap");
    String first = transit.encrypt("wrap", "secret");
    transit.rotate("wrap");
    String second = transit.rewrap("wrap", first);
    assertThat(second).startsWith("vault:v2:");
    assertThat(transit.decrypt("wrap", second)).isEqualTo("secret");
    assertThat(
            transit
                .encrypt("wrap", List.of(Plaintext.of("a"), Plaintext.of("b")))
                .get(1)
                .isSuccessful())
        .isTrue();
  }

  @Test
  void comparesVersions_beforeItWrites() {
    VaultVersionedKeyValueOperations secrets = root().opsForVersionedKeyValue("secret");
    secrets.put("app/one", Versioned.create(Map.of("a", "1"), Version.unversioned()));
    assertThatExceptionOfType(VaultException.class)
        .isThrownBy(
            () -> secrets.put("app/one", Versioned.create(Map.of("a", "2"), Version.unversioned())))
        .withMessageContaining("check-and-set parameter did not match the current version");
    assertThat(
            secrets
                .put("app/one", Versioned.create(Map.of("a", "2"), Version.from(1)))
                .getVersion())
        .isEqualTo(Version.from(2));
    assertThat(secrets.get("app/one").getData()).containsEntry("a", "2");
    Versioned<Map<String, Object>> old = secrets.get("app/one", Version.from(1));
    assertThat(old.getData()).containsEntry("a", "1");
    assertThat(secrets.list("app")).containsExactly("one");
    secrets.delete("app/one");
    assertThat(secrets.get("app/one").hasData()).isFalse();
    secrets.undelete("app/one", Version.from(2));
    assertThat(secrets.get("app/one").getData()).containsEntry("a", "2");
    assertThat(secrets.get("app/none")).isNull();
  }

  @Test
  void writesPolicies() {
    var sys = root().opsForSys();
    sys.createOrUpdatePolicy(
        "mine",
        Policy.of(
            Policy.Rule.builder()
                .path("transit/keys/*")
                .capability(Policy.BuiltinCapabilities.READ)
                .build()));
    assertThat(sys.getPolicyNames()).contains("default", "mine", "root");
    assertThat(sys.getPolicy("mine").getRule("transit/keys/*")).isNotNull();
    sys.deletePolicy("mine");
    assertThat(sys.getPolicy("mine")).isNull();
    assertThat(sys.health().isInitialized()).isTrue();
  }
}

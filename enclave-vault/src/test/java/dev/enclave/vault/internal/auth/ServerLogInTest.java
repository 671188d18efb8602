package dev.enclave.vault.internal.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.emulators.VaultServer;
import dev.enclave.kit.json.Json;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.vault.internal.VaultBackend;
import dev.enclave.vault.internal.calls.VaultCalls;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Log-ins, renewals and their ends as a server decides about them. */
class ServerLogInTest {

  private static final String POD = "/var/run/secrets/kubernetes.io/serviceaccount/token";

  private final MutableClock clock = new MutableClock();
  private final VaultServer server =
      VaultServer.builder()
          .clock(clock::now)
          .appRole(
              "wallets",
              Map.of("token_policies", "wallets", "token_ttl", "20m", "token_max_ttl", "30m"))
          .kubernetesRole(
              "wallets",
              Map.of(
                  "bound_service_account_names", "wallets",
                  "bound_service_account_namespaces", "payments",
                  "token_policies", "wallets"))
          .tokenReviewer(token -> true)
          .start();

  @AfterEach
  void stop() {
    server.close();
  }

  private VaultCalls calls(FakeEnvironment machine, String... more) throws BackendFailure {
    Map<String, String> settings = new HashMap<>();
    settings.put("address", server.address().toString());
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return VaultBackend.calls(
        BackendContext.of(
            new BackendSettings(BackendId.VAULT, settings),
            EnvironmentType.DEVELOPMENT,
            machine,
            clock,
            new SecureRandom()));
  }

  private VaultCalls byRole() throws BackendFailure {
    return calls(
        FakeEnvironment.empty(),
        "auth",
        "approle",
        "role-id",
        server.appRoleId("wallets"),
        "secret-id",
        server.newSecretId("wallets"));
  }

  private CallContext call() {
    return CallContext.of("op-1", 1, Deadline.in(Duration.ofSeconds(10), clock), clock);
  }

  private Map<String, Object> self(VaultCalls calls) throws BackendFailure {
    return calls.send(VaultCalls.LOOK_UP, call());
  }

  @Test
  void renewsATokenUntilItsLongestLifeIsNear_andThenLogsInAnew() throws Exception {
    VaultCalls calls = byRole();
    String first = Json.text(self(calls), "accessor");
    clock.advance(Duration.ofMinutes(19));
    assertThat(Json.text(self(calls), "accessor")).isEqualTo(first);
    clock.advance(Duration.ofSeconds(630));
    assertThat(Json.text(self(calls), "accessor")).isEqualTo(first);
    clock.advance(Duration.ofMinutes(1));
    assertThat(Json.text(self(calls), "accessor")).isNotEqualTo(first);
    calls.gate().close();
  }

  @Test
  void logsInAnew_whenSomebodyRevokedTheToken() throws Exception {
    VaultCalls calls = byRole();
    String first = Json.text(self(calls), "accessor");
    clock.advance(Duration.ofMinutes(1));
    server.revoke(Json.text(self(calls), "id"));
    assertThat(Json.text(self(calls), "accessor")).isNotEqualTo(first);
    calls.gate().close();
  }

  @Test
  void aPodLogsIn_andAnotherOneIsToldWhatToLookAt() throws Exception {
    VaultCalls calls =
        calls(
            FakeEnvironment.empty().withFile(POD, pod("wallets")),
            "auth",
            "kubernetes",
            "role",
            "wallets");
    assertThat(Json.list(self(calls), "policies").contains("wallets")).isTrue();
    calls.gate().close();
    VaultCalls other =
        calls(
            FakeEnvironment.empty().withFile(POD, pod("others")),
            "auth",
            "kubernetes",
            "role",
            "wallets");
    assertThatThrownBy(() -> self(other))
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining("enclave.vault.role")
        .hasMessageNotContaining("not authorized");
  }

  private String pod(String account) {
    long now = clock.now().getEpochSecond();
    String claims =
        String.format(
            Locale.ROOT,
            "{\"iat\":%d,\"exp\":%d,\"kubernetes.io\":{\"namespace\":\"payments\",\"serviceaccount\":{\"name\":\"%s\",\"uid\":\"u-1\"}}}",
            now,
            now + 600,
            account);
    return List.of("{\"alg\":\"RS256\"}", claims, "signature").stream()
        .map(part -> Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(UTF_8)))
        .reduce((a, b) -> a + "." + b)
        .orElseThrow();
  }
}

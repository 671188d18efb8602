package dev.enclave.emulators.vault;

import static dev.enclave.emulators.vault.TransitSigningTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.ManualClock;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * OpenBao documentation, "Eventual consistency"; {@code http/logical.go}, {@code http/handler.go};
 * Vault Enterprise documentation, "Vault eventual consistency".
 */
class VaultStandbyTest {

  private static final Duration LAG = Duration.ofMinutes(5);

  private final ManualClock clock = new ManualClock();
  private final VaultServer server =
      VaultServer.builder().clock(clock).eventualConsistency(LAG).start();
  private final RawBao active = new RawBao(server);
  private final RawBao standby = active.standby();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void standbys_readWhatTheyHaveSeen_andForwardWrites() throws Exception {
    Answer made = standby.post("transit/keys/a", "{'type':'ed25519'}");
    assertThat(made.at("data.latest_version")).isEqualTo("1");
    assertThat(active.get("transit/keys/a").status()).isEqualTo(200);
    assertThat(standby.get("transit/keys/a").status()).isEqualTo(404);
    clock.advance(LAG);
    assertThat(standby.get("transit/keys/a").status()).isEqualTo(200);
    assertThat(standby.post("transit/keys/a/rotate", "").at("data.latest_version")).isEqualTo("2");
    assertThat(standby.get("transit/keys/a").at("data.latest_version")).isEqualTo("1");
  }

  /** Signing stores nothing, so that a standby signs by the versions it has seen. */
  @Test
  void standbys_signByWhatTheyHaveSeen() throws Exception {
    active.post("transit/keys/a", "{'type':'ed25519'}");
    refused(400, "signing key not found", standby.post("transit/sign/a", "{'input':''}"));
    clock.advance(LAG);
    active.post("transit/keys/a/rotate", "");
    assertThat(standby.post("transit/sign/a", "{'input':''}").at("data.key_version"))
        .isEqualTo("1");
    refused(
        500,
        "1 error occurred:\n\t* requested version for signing is higher than the latest key"
            + " version\n\n",
        standby.post("transit/sign/a", "{'input':'','key_version':2}"));
  }

  @Test
  void secrets_areReadLate_andComparedWithTheNewest() throws Exception {
    active.post("secret/data/a", "{'data':{'v':'1'}}");
    clock.advance(LAG);
    active.post("secret/data/a", "{'data':{'v':'2'}}");
    assertThat(standby.get("secret/data/a").at("data.data.v")).isEqualTo("1");
    refused(
        400,
        "check-and-set parameter did not match the current version",
        standby.post("secret/data/a", "{'data':{'v':'3'},'options':{'cas':1}}"));
    assertThat(
            standby
                .post("secret/data/a", "{'data':{'v':'3'},'options':{'cas':2}}")
                .at("data.version"))
        .isEqualTo("3");
  }

  /** A node applies all of the log before it becomes active. */
  @Test
  void failover_losesNothing() throws Exception {
    active.post("secret/data/a", "{'data':{'v':'1'}}");
    assertThat(standby.get("secret/data/a").status()).isEqualTo(404);
    server.failover();
    assertThat(standby.get("secret/data/a").status()).isEqualTo(200);
    assertThat(standby.send("GET", "sys/health", "").status()).isEqualTo(200);
    assertThat(active.send("GET", "sys/health", "").status()).isEqualTo(429);
  }

  @Test
  void withoutAnActiveNode_writesAreRefused_andReadsAreAnswered() throws Exception {
    active.post("secret/data/a", "{'data':{'v':'1'}}");
    clock.advance(LAG);
    server.stepDown();
    refused(
        500,
        "local node not active but active cluster node not found",
        active.post("secret/data/a", "{'data':{'v':'2'}}"));
    assertThat(standby.get("secret/data/a").status()).isEqualTo(200);
    server.failover();
    assertThat(standby.post("secret/data/a", "{'data':{'v':'2'}}").status()).isEqualTo(200);
  }

  @Test
  void clientsThatForbidForwarding_areRedirected() throws Exception {
    Answer redirected =
        standby.send(
            "POST",
            "transit/keys/a",
            "{}",
            "X-Vault-Token",
            server.rootToken(),
            "X-Vault-No-Request-Forwarding",
            "true");
    assertThat(redirected.status()).isEqualTo(307);
    assertThat(redirected.response().headers().firstValue("Location"))
        .contains(server.address() + "/v1/transit/keys/a");
  }

  @Test
  void standbysOfVault_forwardEverything() throws Exception {
    try (VaultServer vault =
        VaultServer.builder().vault().clock(clock).eventualConsistency(LAG).start()) {
      RawBao raw = new RawBao(vault);
      raw.post("transit/keys/a", "{}");
      assertThat(raw.standby().get("transit/keys/a").status()).isEqualTo(200);
    }
  }

  @Test
  void indexes_areWaitedFor_inVaultEnterprise() throws Exception {
    try (VaultServer vault =
        VaultServer.builder().vaultEnterprise().clock(clock).eventualConsistency(LAG).start()) {
      RawBao raw = new RawBao(vault);
      String index =
          raw.post("transit/keys/a", "{}")
              .response()
              .headers()
              .firstValue("X-Vault-Index")
              .orElseThrow();
      String[] headers = {"X-Vault-Token", vault.rootToken(), "X-Vault-Index", index};
      refused(
          412,
          "1 error occurred:\n\t* required index state not present\n\n",
          raw.standby().send("GET", "transit/keys/a", "", headers));
      assertThat(raw.send("GET", "transit/keys/a", "", headers).status()).isEqualTo(200);
      clock.advance(LAG);
      assertThat(raw.standby().send("GET", "transit/keys/a", "", headers).status()).isEqualTo(200);
    }
  }

  /** {@code internal/http/index.go} of OpenBao 2.7. */
  @Test
  void indexes_areRetriedOrForwarded_inNewerOpenBao() throws Exception {
    assertThat(active.post("transit/keys/a", "{}").response().headers().firstValue("X-Vault-Index"))
        .isEmpty();
    try (VaultServer newer =
        VaultServer.builder().version("2.7.0").clock(clock).eventualConsistency(LAG).start()) {
      RawBao raw = new RawBao(newer);
      String index =
          raw.post("transit/keys/a", "{}")
              .response()
              .headers()
              .firstValue("X-Vault-Index")
              .orElseThrow();
      String[] headers = {"X-Vault-Token", newer.rootToken(), "X-Vault-Index", index};
      Answer behind = raw.standby().send("GET", "transit/keys/a", "", headers);
      assertThat(behind.status()).isEqualTo(429);
      assertThat(behind.response().headers().firstValue("Retry-After")).contains("1");
      String[] forwarding = java.util.Arrays.copyOf(headers, headers.length + 2);
      forwarding[4] = "X-Vault-Inconsistent";
      forwarding[5] = "forward-active-node";
      assertThat(raw.standby().send("GET", "transit/keys/a", "", forwarding).status())
          .isEqualTo(200);
      assertThat(raw.standby().get("transit/keys/a").status()).isEqualTo(404);
      clock.advance(LAG);
      assertThat(raw.standby().send("GET", "transit/keys/a", "", headers).status()).isEqualTo(200);
    }
  }
}

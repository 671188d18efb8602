package dev.enclave.emulators.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.VaultServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP API documentation, "/sys/health", "/sys/seal-status" and "/sys/leader". */
class VaultStatusTest {

  private final VaultServer server = VaultServer.builder().sealType("pkcs11").start();
  private final RawBao bao = new RawBao(server);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void health_is200_whereActive_and429_onAStandby() throws Exception {
    assertThat(bao.send("GET", "sys/health", "").status()).isEqualTo(200);
    assertThat(bao.send("GET", "sys/health", "").at("version")).isEqualTo("2.6.2");
    assertThat(bao.standby().send("GET", "sys/health", "").status()).isEqualTo(429);
    assertThat(bao.standby().send("GET", "sys/health?standbyok=true", "").status()).isEqualTo(200);
    assertThat(bao.standby().send("GET", "sys/health?standbycode=234", "").status()).isEqualTo(234);
  }

  @Test
  void health_is503_whereSealed_and501_whereNotInitialised() throws Exception {
    server.seal();
    assertThat(bao.send("GET", "sys/health", "").status()).isEqualTo(503);
    assertThat(bao.get("transit/keys/a").status()).isEqualTo(503);
    assertThat(bao.get("transit/keys/a").at("errors.0")).isEqualTo("Vault is sealed");
    server.initialized(false);
    assertThat(bao.send("GET", "sys/health", "").status()).isEqualTo(501);
    server.initialized(true);
    server.unseal();
    assertThat(bao.send("GET", "sys/health", "").status()).isEqualTo(200);
  }

  @Test
  void health_is472_ofADisasterRecoverySecondary_and473_ofAPerformanceStandby() throws Exception {
    try (VaultServer vault = VaultServer.builder().vaultEnterprise().start()) {
      RawBao raw = new RawBao(vault);
      assertThat(raw.standby().send("GET", "sys/health", "").status()).isEqualTo(473);
      assertThat(raw.standby().send("GET", "sys/health?perfstandbyok=true", "").status())
          .isEqualTo(200);
      vault.disasterRecoverySecondary(true);
      assertThat(raw.send("GET", "sys/health", "").status()).isEqualTo(472);
    }
  }

  @Test
  void sealStatus_tellsTheSeal() throws Exception {
    assertThat(bao.send("GET", "sys/seal-status", "").at("type")).isEqualTo("pkcs11");
    assertThat(bao.send("GET", "sys/seal-status", "").at("recovery_seal")).isEqualTo("true");
  }

  @Test
  void leader_changes_whenTheStandbyTakesOver() throws Exception {
    assertThat(bao.send("GET", "sys/leader", "").at("is_self")).isEqualTo("true");
    server.failover();
    assertThat(bao.send("GET", "sys/leader", "").at("is_self")).isEqualTo("false");
    assertThat(bao.send("GET", "sys/leader", "").at("leader_address"))
        .isEqualTo(server.standbyAddress().toString());
  }

  /** {@code vault/router.go}: the text for a path that nothing is mounted at. */
  @Test
  void unknownRoutes_are404() throws Exception {
    RawBao.Answer answer = bao.get("nowhere/at/all");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.at("errors.0"))
        .isEqualTo("no handler for route \"nowhere/at/all\". route entry not found.");
  }
}

package dev.enclave.emulators.vault;

import static dev.enclave.emulators.vault.TransitSigningTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultTokenSpec;
import dev.enclave.emulators.vault.RawBao.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code vault/logical_system.go}: handleReadMount, pathInternalUIMountRead. */
class VaultMountsTest {

  private final VaultServer server =
      VaultServer.builder().transitMount("keys/transit").kvMount("kv").namespace("a/b").start();
  private final RawBao bao = new RawBao(server);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void mounts_tellTheirTypes_insideAndOutsideOfData() throws Exception {
    Answer read = bao.get("sys/mounts/kv");
    assertThat(read.at("data.type")).isEqualTo("kv");
    assertThat(read.at("options.version")).isEqualTo("2");
    assertThat(bao.get("sys/mounts").at("data.keys~1transit~1.type")).isEqualTo("transit");
    refused(400, "No secret engine mount at transit/", bao.get("sys/mounts/transit"));
  }

  @Test
  void whoMayUseAMount_isToldWhatItIs() throws Exception {
    server.setPolicy("reader", "path \"kv/data/x\" { capabilities = [\"read\"] }");
    String token = server.issueToken(VaultTokenSpec.of("reader"));
    String[] headers = {"X-Vault-Token", token};
    Answer told = bao.send("GET", "sys/internal/ui/mounts/kv/data/x", "", headers);
    assertThat(told.at("data.path")).isEqualTo("kv/");
    assertThat(told.at("data.options.version")).isEqualTo("2");
    refused(
        403,
        "preflight capability check returned 403, please ensure client's policies grant access to"
            + " path \"keys/transit/\"",
        bao.send("GET", "sys/internal/ui/mounts/keys/transit", "", headers));
    assertThat(bao.send("GET", "sys/mounts/kv", "", headers).status()).isEqualTo(403);
  }

  @Test
  void namespaces_haveMountsOfTheirOwn() throws Exception {
    bao.post("a/b/keys/transit/keys/x", "{}");
    assertThat(bao.get("keys/transit/keys/x").status()).isEqualTo(404);
    assertThat(
            bao.send(
                    "GET",
                    "keys/transit/keys/x",
                    "",
                    "X-Vault-Token",
                    server.rootToken(),
                    "X-Vault-Namespace",
                    "a/b")
                .status())
        .isEqualTo(200);
    assertThat(bao.get("transit/keys/x").status()).isEqualTo(404);
  }
}

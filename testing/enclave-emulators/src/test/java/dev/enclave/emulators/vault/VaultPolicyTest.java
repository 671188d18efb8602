package dev.enclave.emulators.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultTokenSpec;
import dev.enclave.emulators.vault.RawBao.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Policies over the wire: openbao vault/logical_system.go and vault/policy_store.go; what they
 * allow is in {@code AclTest}.
 */
class VaultPolicyTest {

  private VaultServer server;
  private RawBao bao;

  @BeforeEach
  void start() {
    server = VaultServer.builder().start();
    bao = new RawBao(server);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void isWrittenReadListedAndDeleted() throws Exception {
    String text = "{'policy': 'path \\'a\\' { capabilities = [\\'read\\'] }'}";
    assertThat(bao.post("sys/policies/acl/Mine", text).status()).isEqualTo(204);
    Answer read = bao.get("sys/policies/acl/mine");
    assertThat(read.at("data.name")).isEqualTo("mine");
    assertThat(read.at("policy")).contains("capabilities");
    assertThat(bao.get("sys/policy/mine").at("data.rules")).contains("capabilities");
    Answer list = bao.call("LIST", "sys/policies/acl", "");
    assertThat(list.at("data.keys.0")).isEqualTo("default");
    assertThat(list.at("data.keys.1")).isEqualTo("mine");
    assertThat(list.at("data.keys.2")).isEqualTo("root");
    assertThat(bao.call("DELETE", "sys/policies/acl/mine", "").status()).isEqualTo(204);
    assertThat(bao.get("sys/policies/acl/mine").status()).isEqualTo(404);
  }

  @Test
  void isRefused_whereItCannotBeRead() throws Exception {
    Answer answer = bao.post("sys/policies/acl/mine", "{'policy': 'path \\'a\\''}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.at("errors.0"))
        .isEqualTo(
            "failed to parse policy: At 1:9: key 'path \"a\"' expected start of object ('{') or"
                + " assignment ('=')");
    assertThat(bao.post("sys/policies/acl/mine", "{}").at("errors.0"))
        .isEqualTo("'policy' parameter not supplied or empty");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> server.setPolicy("mine", "path"));
  }

  @Test
  void stays_whereVaultNeedsIt() throws Exception {
    assertThat(bao.post("sys/policies/acl/root", "{'policy': 'name = \\'x\\''}").at("errors.0"))
        .isEqualTo("cannot update \"root\" policy");
    assertThat(bao.call("DELETE", "sys/policies/acl/root", "").at("errors.0"))
        .isEqualTo("cannot delete \"root\" policy");
    assertThat(bao.call("DELETE", "sys/policies/acl/default", "").at("errors.0"))
        .isEqualTo("cannot delete default policy");
  }

  /** vault/acl.go, Capabilities, which vault/capabilities.go sorts. */
  @Test
  void tellsCapabilities() throws Exception {
    server.setPolicy("mine", "path \"transit/sign/*\" { capabilities = [\"update\", \"create\"] }");
    String token = server.issueToken(VaultTokenSpec.of("mine"));
    Answer self =
        bao.send(
            "POST",
            "sys/capabilities-self",
            "{'paths': ['transit/sign/a', 'transit/keys/a']}",
            "X-Vault-Token",
            token);
    assertThat(self.at("data.transit/sign/a.0".replace("/", "~1"))).isEqualTo("create");
    assertThat(self.body()).contains("\"transit/keys/a\":[\"deny\"]");
    assertThat(
            bao.post("sys/capabilities", "{'token': '" + token + "', 'path': 'transit/sign/a'}")
                .at("capabilities.1"))
        .isEqualTo("update");
    assertThat(bao.post("sys/capabilities-self", "{'path': 'any'}").at("capabilities.0"))
        .isEqualTo("root");
    assertThat(bao.post("sys/capabilities", "{'token': 's.nobody', 'path': 'a'}").at("errors.0"))
        .isEqualTo("invalid token");
  }
}

package dev.enclave.vault.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.vault.internal.ScriptedVault;
import dev.enclave.vault.internal.calls.VaultCalls;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is needed and granted, how the server is, and how well it keeps keys. */
class VaultAccessTest {

  private static final String WELL =
      "{\"initialized\":true,\"sealed\":false,\"standby\":false,\"version\":\"2.6.2\"}";
  private static final String SELF = "{\"data\":{\"policies\":[\"default\"],\"ttl\":3600}}";

  private final ScriptedVault vault = new ScriptedVault();

  private VaultAccess access() throws BackendFailure {
    VaultCalls calls = vault.calls();
    return new VaultAccess(calls, assurance(calls), new KeyFindings(), new WireLogs("Vault"));
  }

  private static VaultAssurance assurance(VaultCalls calls) {
    return new VaultAssurance(calls);
  }

  @Test
  void printsThePoliciesForTheMountsAndThePathThatAreConfigured() throws Exception {
    vault.set("transit-mount", "wallets", "kv-mount", "kv", "path", "payments/enclave");
    assertThat(VaultAccess.policy(vault.settings()).text())
        .isEqualTo(
            """
            # A policy for signing, verifying and sealing with keys that are there. Never add create on
            # encrypt: where it is granted, encrypting makes a key that is missing.
            path "wallets/keys/+" { capabilities = ["read"] }
            path "kv/data/payments/enclave/keys/*" { capabilities = ["read"] }
            path "wallets/sign/+" { capabilities = ["update"] }
            path "wallets/encrypt/+" { capabilities = ["update"] }
            path "wallets/decrypt/+" { capabilities = ["update"] }

            # Another one, besides, for creating, rotating, switching off and destroying keys:
            path "wallets/keys/+" { capabilities = ["create", "update", "delete"] }
            path "kv/data/payments/enclave/keys/*" { capabilities = ["create", "update"] }
            path "wallets/keys/+/rotate" { capabilities = ["update"] }
            path "wallets/keys/+/config" { capabilities = ["update"] }
            path "kv/metadata/payments/enclave/keys" { capabilities = ["list"] }
            path "kv/metadata/payments/enclave/restoring" { capabilities = ["list"] }
            path "wallets/keys" { capabilities = ["list"] }

            # Another one, besides both, for restoring backups; take it away again afterwards:
            path "wallets/wrapping_key" { capabilities = ["read"] }
            path "wallets/keys/+/import" { capabilities = ["update"] }
            path "kv/data/payments/enclave/restoring/*" { capabilities = ["create", "update"] }
            path "kv/metadata/payments/enclave/restoring/*" { capabilities = ["delete"] }
            """);
  }

  @Test
  void tellsByOneRequestWhatTheIdentityMayDo() throws Exception {
    vault
        .token("s.1", 3600)
        .answer(
            200,
            "{\"data\":{\"transit/keys/enclave-probe\":[\"read\"],"
                + "\"transit/sign/enclave-probe\":[\"update\"],"
                + "\"transit/encrypt/enclave-probe\":[\"create\",\"update\"],"
                + "\"transit/decrypt/enclave-probe\":[\"deny\"],"
                + "\"secret/data/enclave/keys/enclave-probe\":[\"root\"]}}");
    List<Permission> told = access().permissions(vault.call());
    assertThat(vault.asked).hasSize(2);
    assertThat(grant(told, "read on transit/keys/+")).isEqualTo(Grant.GRANTED);
    assertThat(grant(told, "update on transit/sign/+")).isEqualTo(Grant.GRANTED);
    assertThat(grant(told, "read on secret/data/enclave/keys/*")).isEqualTo(Grant.GRANTED);
    assertThat(grant(told, "update on transit/decrypt/+")).isEqualTo(Grant.MISSING);
    assertThat(grant(told, "delete on transit/keys/+")).isEqualTo(Grant.MISSING);
    assertThat(grant(told, "create on transit/encrypt/+")).isEqualTo(Grant.EXCESS);
  }

  private static Grant grant(List<Permission> told, String name) {
    return told.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow().grant();
  }

  @Test
  void findsNothingWhereAllIsWell() throws Exception {
    vault.answer(200, WELL).token("s.1", 3600).answer(200, SELF);
    assertThat(access().report(vault.call())).isEqualTo(HealthReport.HEALTHY);
    assertThat(vault.asked.get(0).header("X-Vault-Token")).isEmpty();
  }

  @Test
  void asksTheServerItselfOutsideTheNamespace() throws Exception {
    vault.set("namespace", "a").answer(200, WELL).token("s.1", 3600).answer(200, SELF);
    access().report(vault.call());
    assertThat(vault.asked.get(0).header("X-Vault-Namespace")).isEmpty();
    assertThat(vault.asked.get(2).header("X-Vault-Namespace")).isEqualTo("a");
  }

  @Test
  void tellsOfAStandby_ofAnotherSeal_andOfATokenThatDoesNotEnd() throws Exception {
    vault
        .set("hsm-seal", "pkcs11")
        .answer(200, WELL.replace("\"standby\":false", "\"standby\":true"))
        .answer(200, "{\"type\":\"shamir\",\"sealed\":false}")
        .token("s.1", 3600)
        .answer(200, "{\"data\":{\"policies\":[\"wallets\"],\"ttl\":0}}");
    assertThat(access().report(vault.call()).findings())
        .extracting(Finding::observed)
        .satisfiesExactly(
            standby -> assertThat(standby).contains("standby (version 2.6.2)"),
            seal -> assertThat(seal).contains("says pkcs11").contains("its seal is shamir"),
            token -> assertThat(token).contains("does not end"));
  }

  @Test
  void isNotWell_whereTheTokenMayNotLookItselfUp_orNobodyGivesOne() throws Exception {
    String denied = "{\"errors\":[\"permission denied\"]}";
    vault.answer(200, WELL).token("s.1", 3600).answer(403, denied).answer(403, denied);
    VaultAccess access = access();
    assertThatThrownBy(() -> access.report(vault.call()))
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining("path \"auth/token/lookup-self\" { capabilities = [\"read\"] }");

    ScriptedVault refusing = new ScriptedVault().answer(200, WELL).answer(403, denied);
    VaultCalls calls = refusing.calls();
    VaultAccess refused =
        new VaultAccess(calls, assurance(calls), new KeyFindings(), new WireLogs("Vault"));
    assertThatThrownBy(() -> refused.report(refusing.call()))
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining("enclave.vault.role");
  }

  @Test
  void aManagedKeyIsInAnHsm() throws Exception {
    assertThat(assurance(vault.calls()).of("managed_key", vault.call())).isEqualTo(Assurance.HSM);
  }

  @Test
  void aKeyIsWrappedByAnHsm_whereServerAndOperatorSaySo() throws Exception {
    vault.set("hsm-seal", "pkcs11").answer(200, "{\"type\":\"pkcs11\"}");
    VaultAssurance assurance = assurance(vault.calls());
    for (int i = 0; i < 3; i++) {
      assertThat(assurance.of("ed25519", vault.call())).isEqualTo(Assurance.HSM_WRAPPED);
    }
    assertThat(vault.paths()).containsExactly("sys/seal-status");
  }

  @Test
  void aKeyIsSoftware_whereEitherOfThemDoesNot() throws Exception {
    assertThat(assurance(vault.calls()).of("ed25519", vault.call())).isEqualTo(Assurance.SOFTWARE);
    vault.set("hsm-seal", "pkcs11").answer(200, "{\"type\":\"awskms\"}").answer(403, "");
    assertThat(assurance(vault.calls()).of("ed25519", vault.call())).isEqualTo(Assurance.SOFTWARE);
    assertThat(assurance(vault.calls()).of("ed25519", vault.call())).isEqualTo(Assurance.SOFTWARE);
  }
}

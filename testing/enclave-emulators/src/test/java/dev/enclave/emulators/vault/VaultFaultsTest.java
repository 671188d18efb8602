package dev.enclave.emulators.vault;

import static dev.enclave.emulators.vault.Signatures.INPUT;
import static dev.enclave.emulators.vault.Signatures.MESSAGE;
import static dev.enclave.emulators.vault.TransitSigningTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.fault.FaultRule;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.io.IOException;
import java.security.PublicKey;
import java.util.Base64;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VaultFaultsTest {

  private final FaultInjector faults = new FaultInjector();
  private final VaultServer server = VaultServer.builder().faults(faults).start();
  private final RawBao bao = new RawBao(server);

  @BeforeEach
  void makeAKey() throws Exception {
    bao.post("transit/keys/a", "{'type':'ecdsa-p256'}");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void follow(String rule) {
    faults.follow(FaultPlan.parse(rule));
  }

  private Answer sign() throws Exception {
    return bao.post("transit/sign/a", "{'input':'" + INPUT + "'}");
  }

  private static byte[] bytes(Answer signed) {
    return Base64.getDecoder().decode(signed.at("data.signature").substring(9));
  }

  @ParameterizedTest
  @CsvSource({
    "INTERNAL_ERROR,500,internal error",
    "TIMEOUT,500,context deadline exceeded",
    "UNAVAILABLE,503,Vault is sealed",
    "THROTTLED,429,rate limit quota exceeded",
    "EXPIRED_TOKEN,403,permission denied"
  })
  void refusals_areInVaultsWords(Reason reason, int status, String text) throws Exception {
    follow("transit/sign 1: " + Fault.refused(reason));
    Answer refused = sign();
    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.at("errors.0")).contains(text);
    assertThat(sign().status()).isEqualTo(200);
  }

  @Test
  void anotherKeysSignature_isGood_ofAnotherKey() throws Exception {
    PublicKey key = Signatures.ofPem("EC", bao.get("transit/keys/a").at("data.keys.1.public_key"));
    follow("transit/sign 1: wrong another-key");
    assertThat(Signatures.valid("SHA256withECDSA", key, MESSAGE, bytes(sign()))).isFalse();
    assertThat(Signatures.valid("SHA256withECDSA", key, MESSAGE, bytes(sign()))).isTrue();
    follow("transit/sign 1: wrong another-key\ntransit/keys:read 1: wrong another-key");
    byte[] wrong = bytes(sign());
    PublicKey other =
        Signatures.ofPem("EC", bao.get("transit/keys/a").at("data.keys.1.public_key"));
    assertThat(other).isNotEqualTo(key);
    assertThat(Signatures.valid("SHA256withECDSA", other, MESSAGE, wrong)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"asn1", "jws"})
  void flippedBits_makeSignaturesInvalid(String marshaling) throws Exception {
    follow("transit/sign 1: wrong flipped-bit");
    String input = "{'input':'" + INPUT + "','marshaling_algorithm':'" + marshaling + "'";
    String wrong = bao.post("transit/sign/a", input + "}").at("data.signature");
    Answer verified = bao.post("transit/verify/a", input + ",'signature':'" + wrong + "'}");
    assertThat(verified.at("data.valid")).isEqualTo("false");
  }

  @Test
  void versionsNamesAndVerdicts_canBeWrong() throws Exception {
    follow("transit/sign 1: wrong another-version");
    Answer signed = sign();
    assertThat(signed.at("data.key_version")).isEqualTo("2");
    assertThat(signed.at("data.signature")).startsWith("vault:v2:");
    follow("transit/keys:read 1: wrong another-name");
    assertThat(bao.get("transit/keys/a").at("data.name")).isEqualTo("another-a");
    String good = sign().at("data.signature");
    follow("transit/verify 1: wrong another-verdict");
    assertThat(
            bao.post("transit/verify/a", "{'input':'" + INPUT + "','signature':'" + good + "'}")
                .at("data.valid"))
        .isEqualTo("false");
    follow("kv/data:write 1: wrong another-version");
    assertThat(bao.post("secret/data/a", "{'data':{}}").at("data.version")).isEqualTo("2");
  }

  @Test
  void lostAnswers_leaveWhatWasDone() throws Exception {
    follow("transit/keys/rotate 1: reset-after");
    Assertions.assertThatThrownBy(() -> bao.post("transit/keys/a/rotate", ""))
        .isInstanceOf(IOException.class);
    assertThat(bao.get("transit/keys/a").at("data.latest_version")).isEqualTo("2");
  }

  @Test
  void quotas_refuseWhatIsTooMuch_byTheServersClock() throws Exception {
    java.time.Instant now = java.time.Instant.parse("2026-12-02T12:00:00Z");
    try (VaultServer slow = VaultServer.builder().clock(() -> now).requestQuota(2).start()) {
      RawBao raw = new RawBao(slow);
      raw.get("transit/keys/a");
      raw.get("transit/keys/a");
      refused(
          429,
          "request path \"transit/keys/a\": rate limit quota exceeded",
          raw.get("transit/keys/a"));
      assertThat(raw.send("GET", "sys/health", "").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"transit/keys/rotate 2-3: unavailable", "kv/data:write every 2: reset-after"})
  void rules_nameVaultsOperations(String rule) {
    assertThat(FaultRule.parse(rule)).hasToString(rule);
  }
}

package dev.enclave.testkit.firstday;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.SigningKey.PublishedKeys;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.testkit.InMemoryEnclave;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(InMemoryEnclave.class)
class AfterCompromiseTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");
  private static final byte[] SECRET = "a secret".getBytes(UTF_8);

  private final Map<String, byte[]> table = new HashMap<>();

  private static boolean verifies(PublishedKeys keys, SignatureValue signature) {
    return keys.keys().verify(MESSAGE, signature.toByteArray(), signature.encoding());
  }

  @Test
  void nothingVerifiesThatTheVersionSigned_butByASetThatWasKept(Enclave enclave) {
    SigningKey key =
        enclave.createKey(KeySpec.named("payments").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    enclave.admin().key("payments").publishNext();
    PublishedKeys kept = key.publishedKeys();
    SignatureValue forged = key.sign(MESSAGE);
    KeyVersionId stolen = key.activeVersion().id();

    AfterCompromise.replace(enclave, "payments", stolen);

    assertThat(key.verify(MESSAGE, forged)).isFalse();
    assertThat(verifies(key.publishedKeys(), forged)).isFalse();
    assertThat(verifies(key.publishedKeys(), key.sign(MESSAGE))).isTrue();
    // What the guide warns of: who kept the set finds the old key id in it, and asks for no other.
    assertThat(verifies(kept, forged)).isTrue();
    assertThat(kept.maxAge()).isBetween(Duration.ofSeconds(1), Duration.ofHours(1));
    assertThat(kept.keys().entries()).hasSize(2);
    assertThat(key.publishedKeys().keys().entries())
        .singleElement()
        .satisfies(entry -> assertThat(kept.keys().byKeyId(entry.keyId())).isEmpty());
  }

  @Test
  void aVersionThatWasReplacedBefore_isDisabled(Enclave enclave) {
    SigningKey key =
        enclave.createKey(KeySpec.named("payments").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    SignatureValue forged = key.sign(MESSAGE);
    KeyVersionId stolen = key.activeVersion().id();
    enclave.admin().key("payments").rotate(RotationRequest.now());
    KeyVersionId active = key.activeVersion().id();

    AfterCompromise.replace(enclave, "payments", stolen);

    assertThat(key.activeVersion().id()).isEqualTo(active);
    assertThat(key.verify(MESSAGE, forged)).isFalse();
  }

  @Test
  void boxesOfAWrappingKey_areSealedAnewBeforeItsVersionIsDisabled(Enclave enclave) {
    TenantVault vault = new TenantVault(enclave, table);
    vault.put("ann", SECRET);
    byte[] copied = table.get("ann");
    ManagedKey kek = enclave.admin().key("tenant-secrets");
    KeyVersionId stolen = kek.info().active().orElseThrow().id();

    AfterCompromise.replaceKek(enclave, "tenant-secrets", stolen, vault::resealAll);

    assertThat(vault.get("ann")).contains(SECRET);
    assertThat(kek.info().active().orElseThrow().id()).isNotEqualTo(stolen);
    table.put("ann", copied);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> vault.get("ann"))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_NOT_ACTIVE));
  }

  @Test
  void aWrappingKeyRotatedForACompromise_opensNothing_untilTheVersionIsEnabled(Enclave enclave) {
    TenantVault vault = new TenantVault(enclave, table);
    vault.put("ann", SECRET);
    ManagedKey kek = enclave.admin().key("tenant-secrets");
    KeyVersionId stolen = kek.info().active().orElseThrow().id();
    kek.rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
    assertThatExceptionOfType(UsageException.class).isThrownBy(() -> vault.get("ann"));

    kek.enable(stolen);
    assertThat(vault.resealAll()).isEqualTo(1);
    assertThat(kek.disable(stolen).versions())
        .anySatisfy(version -> assertThat(version.state()).isEqualTo(KeyState.DISABLED));
    assertThat(vault.get("ann")).contains(SECRET);
  }
}

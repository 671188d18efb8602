package dev.enclave.pkcs11.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyName;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class KeyIdTest {

  private static final KeyName NAME = KeyName.of("payments");
  private static final Instant AT = Instant.parse("2026-12-02T20:30:15.25Z");

  @Test
  void findsAnOperationsKeyWheneverItWasMade() {
    byte[] id = KeyId.of(NAME, "op-1", AT);
    assertThat(id).hasSize(20).isNotEqualTo(KeyId.of(NAME, "op-1", AT.plusSeconds(1)));
    assertThat(KeyId.isOf(NAME, "op-1", id)).isTrue();
    assertThat(KeyId.isOf(NAME, "op-1", KeyId.of(NAME, "op-1", AT.plusSeconds(1)))).isTrue();
    assertThat(KeyId.isOf(NAME, "op-2", id)).isFalse();
    assertThat(KeyId.isOf(KeyName.of("payment"), "op-1", id)).isFalse();
  }

  @Test
  void tellsTheTimeToTheSecond_alsoAfter2038() {
    assertThat(KeyId.time(KeyId.of(NAME, "a", AT)))
        .isEqualTo(Instant.parse("2026-12-02T20:30:15Z"));
    Instant later = Instant.parse("2100-01-01T00:00:00Z");
    assertThat(KeyId.time(KeyId.of(NAME, "a", later))).isEqualTo(later);
  }

  @Test
  void takesNoIdOfAnybodyElseForOne() {
    byte[] id = KeyId.of(NAME, "op-1", AT);
    assertThat(KeyId.isOf("payments", id)).isTrue();
    assertThat(KeyId.isOf("other", id)).isFalse();
    assertThat(KeyId.isOf("payments", new byte[] {1})).isFalse();
    assertThat(KeyId.isOf("payments", new byte[20])).isFalse();
    for (int i = 0; i < id.length; i++) {
      byte[] changed = id.clone();
      changed[i] ^= 1;
      assertThat(KeyId.isOf("payments", changed)).isFalse();
    }
  }

  @Test
  void readsWhatDocumentsHave() {
    byte[] id = KeyId.of(NAME, "op-1", AT);
    assertThat(KeyId.parse(KeyId.text(id)))
        .hasValueSatisfying(read -> assertThat(read).isEqualTo(id));
    assertThat(KeyId.parse("00")).isEmpty();
    assertThat(KeyId.parse("")).isEmpty();
  }
}

package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DataKeyTest {

  private static final Bytes NONCE = Bytes.ofHex("000102030405060708090a0b");
  private static final Bytes AAD = Bytes.ofHex("aa");
  private static final byte[] TEXT = "seed words".getBytes(StandardCharsets.UTF_8);

  @Property(tries = 500)
  void opensWhatItSealed(@ForAll byte[] plaintext, @ForAll byte[] associatedData) {
    DataKey key = DataKey.generate(TestKeys.RANDOM);
    Bytes aad = Bytes.of(associatedData);
    Bytes sealed = key.encrypt(NONCE, aad, plaintext);
    assertThat(sealed.size()).isEqualTo(plaintext.length + 16);
    try (SecretBytes raw = key.raw();
        DataKey again = DataKey.of(raw)) {
      assertThat(again.decrypt(NONCE, aad, sealed)).isEqualTo(plaintext);
      assertThat(again.commitment()).isEqualTo(key.commitment());
    }
  }

  @Test
  void refusesAnyChange() {
    DataKey key = DataKey.generate(TestKeys.RANDOM);
    Bytes sealed = key.encrypt(NONCE, AAD, TEXT);
    for (int i = 0; i < sealed.size(); i++) {
      byte[] changed = sealed.toByteArray();
      changed[i] ^= 1;
      assertCorrupt(key, NONCE, AAD, Bytes.of(changed));
    }
    for (int length = 0; length < sealed.size(); length++) {
      assertCorrupt(key, NONCE, AAD, Bytes.of(Arrays.copyOf(sealed.toByteArray(), length)));
    }
    assertCorrupt(key, NONCE, Bytes.empty(), sealed);
    assertCorrupt(key, Bytes.of(new byte[12]), AAD, sealed);
    assertCorrupt(DataKey.generate(TestKeys.RANDOM), NONCE, AAD, sealed);
  }

  private static void assertCorrupt(DataKey key, Bytes nonce, Bytes aad, Bytes sealed) {
    assertCode(ErrorCode.SEALED_DATA_CORRUPT, () -> key.decrypt(nonce, aad, sealed));
  }

  @Test
  void commitmentDiffersByKey_andIsNeitherKey() {
    DataKey key = DataKey.of(SecretBytes.takeOver(new byte[32]));
    assertThat(key.commitment().size()).isEqualTo(32);
    assertThat(key.commitment()).isNotEqualTo(DataKey.generate(TestKeys.RANDOM).commitment());
    assertThat(key.commitment()).isNotEqualTo(Bytes.of(new byte[32]));
  }

  /** Computed with: openssl kdf -keylen 32 -kdfopt digest:SHA2-256 … HKDF. */
  @Test
  void commitmentOfTheZeroKeyStaysWhatItIs() {
    assertThat(DataKey.of(SecretBytes.takeOver(new byte[32])).commitment().toHex())
        .isEqualTo("4b76d3a94ec5ec1fff983971deb8173c335bf93115d47eb5a4e017d327e699e9");
  }

  @Test
  void refusesNoncesAndKeysOfOtherLengths() {
    DataKey key = DataKey.generate(TestKeys.RANDOM);
    for (int length : new int[] {0, 11, 13, 16}) {
      Bytes nonce = Bytes.of(new byte[length]);
      assertCode(ErrorCode.INVALID_ARGUMENT, () -> key.encrypt(nonce, AAD, TEXT));
      assertCode(ErrorCode.INVALID_ARGUMENT, () -> key.decrypt(nonce, AAD, Bytes.empty()));
    }
    assertCode(ErrorCode.INVALID_ENCODING, () -> DataKey.of(SecretBytes.takeOver(new byte[31])));
  }

  @Test
  void refusesEverything_onceClosed() {
    DataKey key = DataKey.generate(TestKeys.RANDOM);
    key.close();
    key.close();
    assertCode(ErrorCode.CLOSED, key::raw);
    assertCode(ErrorCode.CLOSED, key::commitment);
    assertCode(ErrorCode.CLOSED, () -> key.encrypt(NONCE, AAD, TEXT));
    assertCode(ErrorCode.CLOSED, () -> key.decrypt(NONCE, AAD, Bytes.empty()));
    assertThat(key).hasToString("DataKey[***]");
  }
}

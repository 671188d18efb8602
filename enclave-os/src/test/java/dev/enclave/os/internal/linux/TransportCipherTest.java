package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the JDK's own Diffie-Hellman, HMAC and AES, which share no code with ours. */
class TransportCipherTest {

  private static final byte[] SECRET = "the sealing key".getBytes(StandardCharsets.UTF_8);

  private final SecureRandom random = new SecureRandom();

  @Test
  void understandsTheJdk_andIsUnderstood() throws Exception {
    assertBothUnderstand(new OtherSide(), new TransportCipher(random));
  }

  @Test
  void keepsTheLeadingZerosOfASharedSecret() throws Exception {
    OtherSide other = new OtherSide();
    TransportCipher ours = new TransportCipher(random);
    // One in 256 begins with a zero.
    while (other.shared(ours.publicKey())[0] != 0) {
      ours = new TransportCipher(random);
    }
    assertBothUnderstand(other, ours);
  }

  private static void assertBothUnderstand(OtherSide other, TransportCipher ours) throws Exception {
    assertThat(ours.agree(other.publicKey())).isTrue();
    SecretKeySpec key = OtherSide.key(other.shared(ours.publicKey()));
    byte[] vector = ours.newVector();
    Cipher aes = Cipher.getInstance("AES/CBC/PKCS5Padding", "SunJCE");
    aes.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(vector));
    assertThat(aes.doFinal(ours.encrypt(vector, SECRET))).isEqualTo(SECRET);

    aes.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(vector));
    try (SecretBytes read = ours.decrypt(vector, aes.doFinal(SECRET))) {
      assertThat(read.exposeSecret()).isEqualTo(SECRET);
    }
  }

  /** They would make the shared secret known to everybody. */
  @ParameterizedTest
  @ValueSource(strings = {"", "00", "01"})
  void agreesOnNothing_withADegeneratePublicKey(String hex) {
    byte[] theirs = hex.isEmpty() ? new byte[0] : new BigInteger(hex, 16).toByteArray();

    assertThat(new TransportCipher(random).agree(theirs)).isFalse();
  }

  @Test
  void agreesOnNothing_withThePrimeLessOne() {
    byte[] theirs = OtherSide.PRIME.subtract(BigInteger.ONE).toByteArray();

    assertThat(new TransportCipher(random).agree(theirs)).isFalse();
  }

  /** By the padding alone, which is right by chance about once in 256 times. */
  @Test
  void tellsWhatWasEncryptedForAnotherSession() throws Exception {
    TransportCipher ours = agreed();
    TransportCipher another = agreed();
    int refused = 0;
    for (int i = 0; i < 20; i++) {
      byte[] vector = another.newVector();
      byte[] encrypted = another.encrypt(vector, SECRET);
      try (SecretBytes read = ours.decrypt(vector, encrypted)) {
        // It is one block, which is the right one by chance once in 2^128 times.
        assertThat(read.exposeSecret()).isNotEqualTo(SECRET);
      } catch (InvalidCipherTextException e) {
        refused++;
      }
    }
    // 20 paddings that are all right by chance: once in 2^159 times.
    assertThat(refused).isPositive();
  }

  @Test
  void refusesAVectorThatIsNoBlock_andATextThatIsNoWholeBlocks() throws Exception {
    TransportCipher ours = agreed();

    assertThatThrownBy(() -> ours.decrypt(new byte[15], new byte[16]))
        .isInstanceOf(InvalidCipherTextException.class)
        .hasMessage("no vector");
    assertThatThrownBy(() -> ours.decrypt(new byte[16], new byte[17]))
        .isInstanceOf(InvalidCipherTextException.class)
        .hasMessage("no whole blocks");
  }

  private TransportCipher agreed() throws Exception {
    TransportCipher cipher = new TransportCipher(random);
    assertThat(cipher.agree(new OtherSide().publicKey())).isTrue();
    return cipher;
  }
}

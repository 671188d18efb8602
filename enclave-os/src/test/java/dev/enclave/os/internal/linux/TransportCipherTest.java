package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.interfaces.DHPublicKey;
import javax.crypto.spec.DHParameterSpec;
import javax.crypto.spec.DHPublicKeySpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the JDK's own Diffie-Hellman, HMAC and AES, which share no code with ours. */
class TransportCipherTest {

  private static final byte[] SECRET = "the sealing key".getBytes(StandardCharsets.UTF_8);

  /** RFC 2409 §6.2, typed from the standard. */
  private static final BigInteger PRIME =
      new BigInteger(
          "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
              + "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
              + "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
              + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
          16);

  private final SecureRandom random = new SecureRandom();

  /** The JDK as the other side. */
  private static final class OtherSide {

    private final KeyPair pair;

    OtherSide() throws Exception {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("DH", "SunJCE");
      generator.initialize(new DHParameterSpec(PRIME, BigInteger.TWO));
      pair = generator.generateKeyPair();
    }

    /** Without leading zeros, as some services send it. */
    byte[] publicKey() {
      byte[] bytes = ((DHPublicKey) pair.getPublic()).getY().toByteArray();
      return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    /** 128 bytes. */
    byte[] shared(byte[] theirs) throws Exception {
      KeyAgreement agreement = KeyAgreement.getInstance("DH", "SunJCE");
      agreement.init(pair.getPrivate());
      agreement.doPhase(
          KeyFactory.getInstance("DH", "SunJCE")
              .generatePublic(
                  new DHPublicKeySpec(new BigInteger(1, theirs), PRIME, BigInteger.TWO)),
          true);
      return agreement.generateSecret();
    }

    /** HKDF (RFC 5869) with SHA-256, no salt and no info: its first block. */
    static SecretKeySpec key(byte[] shared) throws Exception {
      Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
      mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
      byte[] pseudorandom = mac.doFinal(shared);
      mac.init(new SecretKeySpec(pseudorandom, "HmacSHA256"));
      return new SecretKeySpec(Arrays.copyOf(mac.doFinal(new byte[] {1}), 16), "AES");
    }
  }

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
    byte[] theirs = PRIME.subtract(BigInteger.ONE).toByteArray();

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

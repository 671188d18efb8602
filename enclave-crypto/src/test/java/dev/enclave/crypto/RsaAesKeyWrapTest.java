package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Opened by the JDK, which shares no code with what wrapped it. */
class RsaAesKeyWrapTest {

  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();
  private static final SecureRandom RANDOM = new SecureRandom();

  @ParameterizedTest
  @CsvSource({"SHA_1, SHA-1, 48", "SHA_256, SHA-256, 48", "SHA_256, SHA-256, 1219"})
  void opensByTheJdk(RsaAesKeyWrap scheme, String hash, int length)
      throws GeneralSecurityException {
    KeyPair wrapping = rsa(2048);
    byte[] material = new byte[length];
    RANDOM.nextBytes(material);
    byte[] wrapped;
    try (SecretBytes secret = SecretBytes.takeOver(material.clone())) {
      wrapped =
          scheme.wrap(Bytes.of(wrapping.getPublic().getEncoded()), secret, RANDOM).toByteArray();
    }
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding", BOUNCY_CASTLE);
    oaep.init(
        Cipher.DECRYPT_MODE,
        wrapping.getPrivate(),
        new OAEPParameterSpec(
            hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
    byte[] aes = oaep.doFinal(wrapped, 0, 256);
    assertThat(aes).hasSize(32);
    Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding", "SunJCE");
    kwp.init(Cipher.UNWRAP_MODE, new SecretKeySpec(aes, "AES"));
    byte[] opened =
        kwp.unwrap(Arrays.copyOfRange(wrapped, 256, wrapped.length), "RAW", Cipher.SECRET_KEY)
            .getEncoded();
    assertThat(opened).isEqualTo(material);
  }

  private static KeyPair rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", BOUNCY_CASTLE);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  @ParameterizedTest
  @EnumSource
  void wrapsNothing_underAShortKey(RsaAesKeyWrap scheme) throws GeneralSecurityException {
    Bytes shortKey = Bytes.of(rsa(1024).getPublic().getEncoded());
    try (SecretBytes secret = SecretBytes.takeOver(new byte[] {1})) {
      assertCode(ErrorCode.INVALID_ENCODING, () -> scheme.wrap(shortKey, secret, RANDOM));
    }
  }

  @ParameterizedTest
  @EnumSource
  void wrapsNothing_underWhatIsNoKey(RsaAesKeyWrap scheme) {
    try (SecretBytes secret = SecretBytes.takeOver(new byte[] {1})) {
      assertCode(
          ErrorCode.INVALID_ENCODING, () -> scheme.wrap(Bytes.ofHex("3000"), secret, RANDOM));
    }
  }
}

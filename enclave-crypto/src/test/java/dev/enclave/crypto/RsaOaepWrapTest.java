package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opened by the JDK, which shares no code with what wrapped it. */
class RsaOaepWrapTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  @ParameterizedTest
  @ValueSource(ints = {1, 48, 190})
  void opensByTheJdk(int length) throws GeneralSecurityException {
    KeyPair wrapping = rsa(2048);
    byte[] material = new byte[length];
    RANDOM.nextBytes(material);
    byte[] wrapped = wrap(wrapping, material.clone()).toByteArray();
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
    oaep.init(
        Cipher.DECRYPT_MODE,
        wrapping.getPrivate(),
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    assertThat(oaep.doFinal(wrapped)).isEqualTo(material);
  }

  @Test
  void refusesWhatIsTooLong_forTheWrappingKey() throws GeneralSecurityException {
    KeyPair wrapping = rsa(2048);
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> wrap(wrapping, new byte[191]));
  }

  @Test
  void wrapsNothing_underAShortKey() throws GeneralSecurityException {
    KeyPair wrapping = rsa(1024);
    assertCode(ErrorCode.INVALID_ENCODING, () -> wrap(wrapping, new byte[1]));
  }

  private static Bytes wrap(KeyPair wrapping, byte[] material) {
    try (SecretBytes secret = SecretBytes.takeOver(material)) {
      return RsaOaepWrap.wrap(Bytes.of(wrapping.getPublic().getEncoded()), secret, RANDOM);
    }
  }

  private static KeyPair rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }
}

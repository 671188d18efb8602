package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Public keys as JCA objects, in the verifiers of every provider that has the algorithm. */
class JcaPublicKeyTest {

  private static final byte[] MESSAGE = "pay 7 to Alice".getBytes(StandardCharsets.UTF_8);

  private static List<Provider> providers() {
    List<Provider> providers =
        new ArrayList<>(
            List.of(
                Security.getProvider("SunEC"),
                Security.getProvider("SunRsaSign"),
                Security.getProvider("SunJCE"),
                new BouncyCastleProvider()));
    if (TestEngines.accelerated()) {
      Throwable missing = AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError();
      if (missing == null) {
        providers.add(AmazonCorrettoCryptoProvider.INSTANCE);
      } else {
        String line = "NOT RUN: public keys in Corretto: " + missing;
        assertThat(System.getenv("CI")).as(line).isNotEqualTo("true");
        System.out.println(line);
      }
    }
    return providers;
  }

  static Stream<KeyAlgorithm> asymmetric() {
    return TestKeys.asymmetric();
  }

  static Stream<Arguments> verifiers() {
    return providers().stream()
        .flatMap(
            provider ->
                TestKeys.signing()
                    .filter(algorithm -> verifies(provider, algorithm))
                    .map(algorithm -> Arguments.of(provider.getName(), algorithm, provider)));
  }

  private static boolean verifies(Provider provider, KeyAlgorithm algorithm) {
    boolean secp256k1 = algorithm.curve().filter("secp256k1"::equals).isPresent();
    return switch (provider.getName()) {
      case "SunEC" ->
          algorithm.family() == Family.EDDSA || (algorithm.family() == Family.ECDSA && !secp256k1);
      case "SunRsaSign" ->
          algorithm.family() == Family.RSA_PSS || algorithm.family() == Family.RSA_PKCS1;
      case "SunJCE" -> false;
      default -> true;
    };
  }

  static Stream<Arguments> encrypters() {
    return providers().stream()
        .filter(provider -> !provider.getName().matches("SunEC|SunRsaSign"))
        .flatMap(
            provider ->
                TestKeys.wrapping()
                    .filter(KeyAlgorithm::asymmetric)
                    .map(algorithm -> Arguments.of(provider.getName(), algorithm, provider)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("verifiers")
  void verifiesWhatItsKeySigned(String name, KeyAlgorithm algorithm, Provider provider)
      throws Exception {
    LocalKey key = TestKeys.of(algorithm);
    Bytes signature = key.sign(Message.of(MESSAGE));
    assertThat(verifies(key, provider, MESSAGE, signature)).isTrue();
    assertThat(verifies(key, provider, "other".getBytes(StandardCharsets.UTF_8), signature))
        .isFalse();
  }

  private static boolean verifies(LocalKey key, Provider provider, byte[] data, Bytes signature)
      throws Exception {
    KeyAlgorithm algorithm = key.algorithm();
    Signature verifier = Signature.getInstance(algorithm.jcaName(), provider);
    if (algorithm.jcaParameters().isPresent()) {
      verifier.setParameter(algorithm.jcaParameters().get());
    }
    verifier.initVerify(publicKey(algorithm).toPublicKey());
    verifier.update(
        algorithm.jcaName().startsWith("NONE")
            ? Hashing.digest(DigestAlgorithm.KECCAK_256, Message.of(data)).value().toByteArray()
            : data);
    return verifier.verify(signature.toByteArray());
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("encrypters")
  void encryptsWhatItsKeyUnwraps(String name, KeyAlgorithm algorithm, Provider provider)
      throws Exception {
    byte[] secret = new byte[32];
    secret[0] = 7;
    Cipher cipher = Cipher.getInstance(algorithm.jcaName(), provider);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        publicKey(algorithm).toPublicKey(),
        algorithm.jcaParameters().orElseThrow());
    Bytes wrapped = Bytes.of(cipher.doFinal(secret));
    try (SecretBytes opened = TestKeys.of(algorithm).unwrap(wrapped)) {
      assertThat(opened.exposeSecret()).isEqualTo(secret);
    }
  }

  @ParameterizedTest
  @MethodSource("asymmetric")
  void hasTheEncodingAndTheInterfaceOfItsKind(KeyAlgorithm algorithm) {
    PublicKeyInfo key = publicKey(algorithm);
    PublicKey jca = key.toPublicKey();
    assertThat(jca.getFormat()).isEqualTo("X.509");
    assertThat(Bytes.of(jca.getEncoded())).isEqualTo(key.spki());
    assertThat(PublicKeyInfo.fromSpki(jca.getEncoded(), algorithm)).isEqualTo(key);
    switch (algorithm.family()) {
      case EDDSA -> {
        assertThat(jca).isInstanceOf(EdECPublicKey.class);
        assertThat(jca.getAlgorithm()).isEqualTo("EdDSA");
      }
      case ECDSA -> {
        assertThat(jca).isInstanceOf(ECPublicKey.class);
        assertThat(jca.getAlgorithm()).isEqualTo("EC");
      }
      default -> {
        assertThat(jca).isInstanceOf(RSAPublicKey.class);
        assertThat(jca.getAlgorithm()).isEqualTo("RSA");
      }
    }
  }

  /** SunRsaSign takes no exponent above 64 bits with a modulus above 3072. */
  @Test
  void isThere_whenTheExponentIsLargerThanTheJdkTakes() throws Exception {
    SigningAlgorithm algorithm = SigningAlgorithm.RSA_PKCS1_4096_SHA256;
    BigInteger exponent = BigInteger.ONE.shiftLeft(100).add(BigInteger.ONE);
    byte[] pkcs1 =
        new org.bouncycastle.asn1.pkcs.RSAPublicKey(publicKey(algorithm).modulus(), exponent)
            .getEncoded();
    PublicKeyInfo key = PublicKeyInfo.fromSpki(RsaSpki.of(Bytes.of(pkcs1)), algorithm);
    assertThat(key.publicExponent()).isEqualTo(exponent);
    assertThat(Bytes.of(key.toPublicKey().getEncoded())).isEqualTo(key.spki());
  }

  private static PublicKeyInfo publicKey(KeyAlgorithm algorithm) {
    return TestKeys.of(algorithm).publicKey().orElseThrow();
  }
}

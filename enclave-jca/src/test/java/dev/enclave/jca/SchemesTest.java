package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.testkit.InMemoryEnclave;
import java.io.ByteArrayOutputStream;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.HexFormat;
import java.util.ServiceLoader;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, aliases, parameters and pre-hashed forms. */
class SchemesTest {

  private static final byte[] SHA_256_INFO =
      HexFormat.of().parseHex("3031300d060960864801650304020105000420");

  private final Enclave enclave = InMemoryEnclave.open();

  @AfterEach
  void close() {
    enclave.close();
  }

  private EnclavePrivateKey key(SigningAlgorithm algorithm) {
    return EnclavePrivateKey.of(enclave.ensureKey(KeySpec.named("wallet-42").algorithm(algorithm)));
  }

  @Test
  void theProviderIsFoundByServiceLoader_asKeytoolAsks() {
    assertThat(ServiceLoader.load(Provider.class))
        .anyMatch(provider -> provider.getName().equals(EnclaveProvider.NAME));
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.840.10045.4.3.2, SHA256withECDSA",
    "OID.1.2.840.10045.4.3.4, SHA512withECDSA",
    "1.3.101.112, Ed25519",
    "1.2.840.113549.1.1.11, SHA256withRSA",
    "1.2.840.113549.1.1.13, SHA512withRSA",
    "1.2.840.113549.1.1.10, RSASSA-PSS",
    "SHA256WITHRSASSA-PSS, SHA256withRSAandMGF1",
    "sha256withecdsainp1363format, SHA256withECDSAinP1363Format"
  })
  void isKnownByOtherNames(String alias, String name) {
    assertThat(Oracle.ENCLAVE.getService("Signature", alias))
        .isSameAs(Oracle.ENCLAVE.getService("Signature", name))
        .isNotNull();
  }

  @Test
  void namesWithMgf1_needNoParameters() throws Exception {
    EnclavePrivateKey key = key(SigningAlgorithm.RSA_PSS_2048_SHA256);

    byte[] value = sign("SHA256withRSASSA-PSS", key, new byte[] {1});

    assertThat(verify("SHA256withRSAandMGF1", key, new byte[] {1}, value)).isTrue();
    assertThatThrownBy(() -> sign("SHA512withRSAandMGF1", key, new byte[] {1}))
        .isInstanceOf(InvalidKeyException.class);
  }

  @Test
  void parametersThatAreNotTheKeys_areRefused_beforeAndAfterIt() throws Exception {
    EnclavePrivateKey key = key(SigningAlgorithm.RSA_PSS_2048_SHA256);
    AlgorithmParameterSpec[] others = {
      new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1),
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA1, 32, 1),
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 20, 1)
    };
    for (AlgorithmParameterSpec other : others) {
      Signature before = Signature.getInstance("RSASSA-PSS", Oracle.ENCLAVE);
      before.setParameter(other);
      assertThatThrownBy(() -> before.initSign(key))
          .isInstanceOf(InvalidKeyException.class)
          .hasMessageContaining("SigningAlgorithm.jcaParameters()");
      Signature after = Signature.getInstance("RSASSA-PSS", Oracle.ENCLAVE);
      after.initSign(key);
      assertThatThrownBy(() -> after.setParameter(other))
          .isInstanceOf(InvalidAlgorithmParameterException.class);
    }
  }

  @Test
  void withoutParameters_saysWhichTheKeyHas() throws Exception {
    EnclavePrivateKey key = key(SigningAlgorithm.RSA_PSS_2048_SHA256);
    Signature signing = Signature.getInstance("RSASSA-PSS", Oracle.ENCLAVE);
    signing.initSign(key);
    Signature verifying = Signature.getInstance("RSASSA-PSS", Oracle.ENCLAVE);
    verifying.initVerify(key.publicKey());

    for (Signature signature : new Signature[] {signing, verifying}) {
      assertThatThrownBy(() -> signature.update((byte) 1))
          .isInstanceOf(SignatureException.class)
          .hasMessageContaining("SigningAlgorithm.jcaParameters()");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONEwithECDSA", "NONEwithECDSAinP1363Format"})
  void signsADigest_onACurve(String name) throws Exception {
    EnclavePrivateKey key = key(SigningAlgorithm.ECDSA_P256_SHA256);
    byte[] message = {1, 2, 3};

    byte[] value = sign(name, key, sha256(message));

    String whole = name.replace("NONE", "SHA256");
    assertThat(verify(whole, key, message, value)).isTrue();
    assertThatThrownBy(() -> sign(name, key, new byte[20]))
        .isInstanceOf(SignatureException.class)
        .hasMessageStartingWith("INVALID_DIGEST: ");
  }

  @Test
  void signsADigestInfo_byRsa() throws Exception {
    EnclavePrivateKey key = key(SigningAlgorithm.RSA_PKCS1_2048_SHA256);
    byte[] message = {1, 2, 3};
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    info.write(SHA_256_INFO);
    info.write(sha256(message));

    assertThat(sign("NONEwithRSA", key, info.toByteArray()))
        .isEqualTo(sign("SHA256withRSA", key, message));
    assertThatThrownBy(() -> sign("NONEwithRSA", key, sha256(message)))
        .isInstanceOf(SignatureException.class)
        .hasMessageStartingWith("INVALID_DIGEST: ")
        .hasMessageContaining("DigestInfo of SHA-256");
  }

  @Test
  void signsADigest_byPss() throws Exception {
    EnclavePrivateKey key = key(SigningAlgorithm.RSA_PSS_2048_SHA256);
    byte[] message = {1, 2, 3};
    Signature signature = Signature.getInstance("NONEwithRSASSA-PSS", Oracle.ENCLAVE);
    signature.setParameter(key.signingAlgorithm().jcaParameters().orElseThrow());
    signature.initSign(key);
    signature.update(sha256(message));

    assertThat(verify("SHA256withRSAandMGF1", key, message, signature.sign())).isTrue();
  }

  @Test
  void aLongMessage_isHashedAsItComes() throws Exception {
    byte[] part = new byte[50_000];
    for (SigningAlgorithm algorithm :
        new SigningAlgorithm[] {
          SigningAlgorithm.ECDSA_P256_SHA256, SigningAlgorithm.RSA_PKCS1_2048_SHA256
        }) {
      EnclavePrivateKey key =
          EnclavePrivateKey.of(
              enclave.ensureKey(KeySpec.named("of-" + algorithm.keyBits()).algorithm(algorithm)));
      Signature signature = Signature.getInstance(algorithm.jcaName(), Oracle.ENCLAVE);
      signature.initSign(key);
      for (int i = 0; i < 5; i++) {
        signature.update(part);
      }
      assertThat(verify(algorithm.jcaName(), key, new byte[250_000], signature.sign())).isTrue();
      signature.initSign(key);
      signature.update((byte) 7);
      assertThat(verify(algorithm.jcaName(), key, new byte[] {7}, signature.sign())).isTrue();
    }
  }

  @Test
  void verifiesOnSecp256k1_whichTheJdkDoesNotHave() throws Exception {
    EnclavePrivateKey key = key(SigningAlgorithm.ECDSA_SECP256K1_SHA256);
    byte[] message = {1, 2, 3};

    byte[] value = sign("SHA256withECDSAinP1363Format", key, message);

    assertThat(value).hasSize(64);
    assertThat(verify("SHA256withECDSAinP1363Format", key, message, value)).isTrue();
    assertThat(verify("SHA256withECDSAinP1363Format", key, new byte[] {1}, value)).isFalse();
    Signature theirs = Signature.getInstance("SHA256withPLAIN-ECDSA", new BouncyCastleProvider());
    theirs.initVerify(key.publicKey());
    theirs.update(message);
    assertThat(theirs.verify(value)).isTrue();
  }

  private static byte[] sha256(byte[] message) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(message);
  }

  private static byte[] sign(String name, EnclavePrivateKey key, byte[] message) throws Exception {
    Signature signature = Signature.getInstance(name, Oracle.ENCLAVE);
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }

  private static boolean verify(String name, EnclavePrivateKey key, byte[] message, byte[] value)
      throws Exception {
    Signature signature = Signature.getInstance(name, Oracle.ENCLAVE);
    signature.initVerify(key.publicKey());
    signature.update(message);
    return signature.verify(value);
  }
}

package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.testkit.InMemoryEnclave;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code Signature.getInstance(name)} finds the provider by the key, once somebody registers it.
 */
class SelectionTest {

  private static final byte[] MESSAGE = new byte[70_000];

  private final Enclave enclave = InMemoryEnclave.open();

  @AfterEach
  void remove() {
    enclave.close();
    Security.removeProvider(EnclaveProvider.NAME);
  }

  private EnclavePrivateKey key(SigningAlgorithm algorithm) {
    return EnclavePrivateKey.of(enclave.ensureKey(KeySpec.named("wallet-42").algorithm(algorithm)));
  }

  @Test
  void isNotRegistered_byItself() {
    EnclavePrivateKey key = key(SigningAlgorithm.ECDSA_P256_SHA256);

    assertThat(Security.getProvider(EnclaveProvider.NAME)).isNull();
    assertThatThrownBy(() -> Signature.getInstance("SHA256withECDSA").initSign(key))
        .isInstanceOf(InvalidKeyException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ED25519",
        "ECDSA_P256_SHA256",
        "ECDSA_P384_SHA384",
        "ECDSA_P521_SHA512",
        "RSA_PKCS1_2048_SHA256"
      })
  void isFoundByTheKey_whereItIsLast(SigningAlgorithm algorithm) throws Exception {
    Security.addProvider(new EnclaveProvider());

    Signature signature = signed(Signature.getInstance(algorithm.jcaName()), key(algorithm));

    assertThat(signature.getProvider().getName()).isEqualTo(EnclaveProvider.NAME);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 99})
  void othersSignWithTheirKeys_andVerifyWithAll(int position) throws Exception {
    Security.insertProviderAt(new EnclaveProvider(), position);
    KeyPair jdk = KeyPairGenerator.getInstance("RSA").generateKeyPair();

    assertThat(signed(Signature.getInstance("SHA256withRSA"), jdk.getPrivate()).getProvider())
        .extracting(Object::toString)
        .asString()
        .startsWith("SunRsaSign");
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(key(SigningAlgorithm.ECDSA_P256_SHA256).publicKey());
    assertThat(verifier.getProvider().getName()).isEqualTo("SunEC");
  }

  /** As Nimbus and jjwt do, which ends the selection without a key. */
  @Test
  void parametersBeforeTheKey_inTheFirstPlace() throws Exception {
    Security.insertProviderAt(new EnclaveProvider(), 1);
    EnclavePrivateKey key = key(SigningAlgorithm.RSA_PSS_2048_SHA256);
    PSSParameterSpec sha256 =
        (PSSParameterSpec) key.signingAlgorithm().jcaParameters().orElseThrow();

    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(sha256);
    byte[] value = signed(signature, key).sign();
    assertThat(verifies(sha256, key.publicKey(), value)).isTrue();
    assertThat(signature.getParameters().getProvider().getName()).isEqualTo("SunRsaSign");
  }

  /** A key of anybody, with a hash that no key of Enclave has, comes to a provider at the front. */
  @Test
  void aForeignPublicKeyAfterParameters_isVerifiedByTheJdk() throws Exception {
    KeyPair jdk = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    PSSParameterSpec sha384 =
        new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(sha384);
    byte[] value = signed(signature, jdk.getPrivate()).sign();

    Security.insertProviderAt(new EnclaveProvider(), 1);

    assertThat(verifies(sha384, jdk.getPublic(), value)).isTrue();
  }

  /** What another provider verifies by other rules, whoever names this one does not get. */
  @Test
  void aPublicKeyWithAHashThatEnclaveDoesNotPairWithIt_isRefusedByName_andLeftToOthers()
      throws Exception {
    Security.insertProviderAt(new EnclaveProvider(), 1);
    PublicKey key = key(SigningAlgorithm.ECDSA_P256_SHA256).publicKey();

    assertThatThrownBy(
            () -> Signature.getInstance("SHA512withECDSA", Oracle.ENCLAVE).initVerify(key))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("leave the choice of the provider to the JVM");
    Signature.getInstance("SHA512withECDSA").initVerify(key);
  }

  private static boolean verifies(PSSParameterSpec parameters, PublicKey key, byte[] value)
      throws Exception {
    Signature verifier = Signature.getInstance("RSASSA-PSS");
    verifier.setParameter(parameters);
    verifier.initVerify(key);
    verifier.update(MESSAGE);
    return verifier.verify(value);
  }

  @Test
  void aNameThatNoKeyHas_isNotOffered() {
    assertThatThrownBy(() -> Signature.getInstance("SHA1withRSA", Oracle.ENCLAVE))
        .isInstanceOf(NoSuchAlgorithmException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ED25519",
        "ECDSA_P256_SHA256",
        "ECDSA_SECP256K1_SHA256",
        "ECDSA_SECP256K1_KECCAK256",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256"
      })
  void aSchemeThatIsNotTheKeys_isRefusedAtInitSign_withThoseThatAre(SigningAlgorithm algorithm)
      throws Exception {
    EnclavePrivateKey key = key(algorithm);
    for (Scheme scheme : Scheme.all()) {
      Signature signature = Signature.getInstance(scheme.name(), Oracle.ENCLAVE);
      if (scheme.fits(algorithm)) {
        signature.initSign(key);
      } else {
        assertThatThrownBy(() -> signature.initSign(key))
            .isInstanceOf(InvalidKeyException.class)
            .hasMessageContaining("one scheme and one hash")
            .hasMessageContaining(Scheme.namesFor(algorithm));
      }
    }
    assertThat(Scheme.namesFor(algorithm))
        .contains(algorithm.family() == Family.RSA_PSS ? "withRSAandMGF1" : algorithm.jcaName());
  }

  private static Signature signed(Signature signature, PrivateKey key) throws Exception {
    signature.initSign(key);
    signature.update(MESSAGE);
    return signature;
  }
}

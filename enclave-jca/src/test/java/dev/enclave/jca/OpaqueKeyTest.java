package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.testkit.InMemoryEnclave;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a library may learn of a private key that it is given. */
class OpaqueKeyTest {

  private final Enclave enclave = InMemoryEnclave.open();

  @AfterEach
  void close() {
    enclave.close();
  }

  private SigningKey key(SigningAlgorithm algorithm) {
    return enclave.ensureKey(KeySpec.named("wallet-42").algorithm(algorithm));
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ED25519", "ECDSA_P256_SHA256", "ECDSA_SECP256K1_KECCAK256", "RSA_PSS_2048_SHA256"})
  void hasNoEncoding_andIsNotSerialized(SigningAlgorithm algorithm) throws Exception {
    EnclavePrivateKey key = EnclavePrivateKey.of(key(algorithm));

    assertThat(key.getEncoded()).isNull();
    assertThat(key.getFormat()).isNull();
    try (ObjectOutputStream stream = new ObjectOutputStream(new ByteArrayOutputStream())) {
      assertThatThrownBy(() -> stream.writeObject(key))
          .isInstanceOf(NotSerializableException.class)
          .hasMessageContaining("Store the handle");
    }
    assertThat(key.toString()).isEqualTo("EnclavePrivateKey[wallet-42/1, " + algorithm + "]");
    assertThat(key.signingAlgorithm()).isEqualTo(algorithm);
    assertThat(key.keyPair().getPrivate()).isSameAs(key);
    assertThat(key.keyPair().getPublic()).isEqualTo(key(algorithm).publicKey().toPublicKey());
  }

  @Test
  void onACurve_isAnEcKeyWithItsParameters() {
    EnclavePrivateKey key = EnclavePrivateKey.of(key(SigningAlgorithm.ECDSA_P384_SHA384));

    assertThat(key.getAlgorithm()).isEqualTo("EC");
    assertThat(((ECKey) key).getParams()).isEqualTo(((ECPublicKey) key.publicKey()).getParams());
  }

  @Test
  void ofRsa_isAnRsaKeyWithItsModulus_andParametersOfItsOwn() throws Exception {
    EnclavePrivateKey key = EnclavePrivateKey.of(key(SigningAlgorithm.RSA_PKCS1_2048_SHA256));

    assertThat(key.getAlgorithm()).isEqualTo("RSA");
    assertThat(((RSAKey) key).getModulus())
        .isEqualTo(((RSAPublicKey) key.publicKey()).getModulus());
    assertThat(((RSAKey) key).getParams()).isNull();
    // Inherited from two interfaces, a JDK from 22 on would not know which it is.
    assertThat(key.getClass().getMethod("getParams").getDeclaringClass()).isEqualTo(key.getClass());
  }

  /** Else jarsigner of JDK 25 takes SHA-384 for a key of 2048 bits, and the key has SHA-256. */
  @Test
  void ofRsa_namesTheParametersOfPss() {
    EnclavePrivateKey key = EnclavePrivateKey.of(key(SigningAlgorithm.RSA_PSS_2048_SHA256));

    assertThat(((RSAKey) key).getParams())
        .isInstanceOfSatisfying(
            PSSParameterSpec.class,
            parameters -> assertThat(parameters.getDigestAlgorithm()).isEqualTo("SHA-256"));
  }

  @Test
  void ofEd25519_isAnEdecKeyWithoutBytes() {
    EnclavePrivateKey key = EnclavePrivateKey.of(key(SigningAlgorithm.ED25519));

    assertThat(key.getAlgorithm()).isEqualTo("EdDSA");
    assertThat(((EdECPrivateKey) key).getBytes()).isEmpty();
    assertThat(((EdECPrivateKey) key).getParams().getName())
        .isEqualTo(NamedParameterSpec.ED25519.getName());
  }

  @Test
  void isEqualToTheSameVersionTakenAgain_andToNoOther() {
    SigningKey key = key(SigningAlgorithm.ED25519);
    EnclavePrivateKey first = EnclavePrivateKey.of(key);

    assertThat(EnclavePrivateKey.of(key)).isEqualTo(first).hasSameHashCodeAs(first);
    enclave.admin().key(key.handle()).rotate(RotationRequest.now());
    assertThat(EnclavePrivateKey.of(key)).isNotEqualTo(first);
    assertThat(EnclavePrivateKey.of(key).keyId()).isEqualTo("wallet-42/2");
  }

  @Test
  void signsInTheNameOfTheCallerItWasMadeFor() {
    SigningKey key = key(SigningAlgorithm.ED25519);

    assertThat(EnclavePrivateKey.of(key.signer(), SignOptions.by("tls")).keyId())
        .isEqualTo("wallet-42/1");
  }
}

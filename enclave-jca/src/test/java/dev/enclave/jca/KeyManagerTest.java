package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.testkit.InMemoryEnclave;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which identity a key manager gives to TLS. */
class KeyManagerTest {

  private final Enclave here = InMemoryEnclave.open();
  private final Enclave elsewhere = InMemoryEnclave.open();

  @AfterEach
  void close() {
    here.close();
    elsewhere.close();
  }

  private static SigningKey key(Enclave enclave, SigningAlgorithm algorithm) {
    return enclave.createKey(KeySpec.named("tls").algorithm(algorithm));
  }

  /** Two backends count the versions of their keys each for itself. */
  @ParameterizedTest
  @ValueSource(strings = {"RSA_PSS_2048_SHA256", "ECDSA_P256_SHA256"})
  void keysOfTwoBackendsWithOneName_areTwoIdentities(SigningAlgorithm second) throws Exception {
    SigningKey one = key(here, SigningAlgorithm.ECDSA_P256_SHA256);
    SigningKey other = key(elsewhere, second);
    assertThat(one.signer().keyId()).isEqualTo(other.signer().keyId());
    EnclaveKeyManager first = manager(one);
    EnclaveKeyManager both = manager(one, other);
    String type = second.jcaName().contains("ECDSA") ? "EC" : "RSA";

    String ofOne = Objects.requireNonNull(both.chooseServerAlias("EC", null, null));
    String ofOther =
        Objects.requireNonNull(
            type.equals("EC")
                ? manager(other).chooseServerAlias(type, null, null)
                : both.chooseServerAlias(type, null, null));

    assertThat(ofOther).isNotEqualTo(ofOne);
    assertThat(first.chooseServerAlias("EC", null, null)).isEqualTo(ofOne);
    requireIdentity(both, ofOne, one);
    if (!type.equals("EC")) {
      requireIdentity(both, ofOther, other);
    }
  }

  private static EnclaveKeyManager manager(SigningKey... keys) {
    return EnclaveKeyManager.of(
        List.of(keys), TlsPeers.selfSigned(), InstantSource.system(), SignOptions.defaults());
  }

  private static void requireIdentity(EnclaveKeyManager manager, String alias, SigningKey key)
      throws Exception {
    X509Certificate[] chain = Objects.requireNonNull(manager.getCertificateChain(alias));
    PrivateKey ours = Objects.requireNonNull(manager.getPrivateKey(alias));
    assertThat(chain[0].getPublicKey().getEncoded())
        .isEqualTo(key.publicKey().spki().toByteArray());
    Signature signature = Signature.getInstance(key.algorithm().jcaName(), new EnclaveProvider());
    if (key.algorithm().jcaParameters().isPresent()) {
      signature.setParameter(key.algorithm().jcaParameters().get());
    }
    signature.initSign(ours);
    signature.update(new byte[] {1});
    byte[] value = signature.sign();
    signature.initVerify(chain[0]);
    signature.update(new byte[] {1});
    assertThat(signature.verify(value)).isTrue();
  }

  @Test
  void aChainOfAnotherKey_isRefused() {
    SigningKey key = key(here, SigningAlgorithm.ECDSA_P256_SHA256);
    SigningKey other = key(elsewhere, SigningAlgorithm.ECDSA_P256_SHA256);
    CertificateSource wrong = any -> TlsPeers.selfSigned().chain(EnclavePrivateKey.of(other));
    EnclaveKeyManager manager = EnclaveKeyManager.of(key, wrong, InstantSource.system());

    assertThatThrownBy(() -> manager.chooseServerAlias("EC", null, null))
        .isInstanceOfSatisfying(
            UsageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PUBLIC_KEY))
        .hasMessageContaining(key.signer().keyId())
        .hasMessageContaining("another key");
  }

  /** A certificate of the right key, behind one of another. */
  @Test
  void aChainThatDoesNotBeginWithTheKeysCertificate_isRefused() {
    SigningKey key = key(here, SigningAlgorithm.ECDSA_P256_SHA256);
    SigningKey other = key(elsewhere, SigningAlgorithm.ECDSA_P256_SHA256);
    CertificateSource turned =
        version ->
            Optional.of(
                List.of(
                    TlsPeers.selfSigned().chain(EnclavePrivateKey.of(other)).orElseThrow().get(0),
                    TlsPeers.selfSigned().chain(version).orElseThrow().get(0)));
    EnclaveKeyManager manager = EnclaveKeyManager.of(key, turned, InstantSource.system());

    assertThatThrownBy(() -> manager.chooseServerAlias("EC", null, null))
        .hasMessageContaining("another key");
  }

  @Test
  void anEmptyChain_isRefused() {
    SigningKey key = key(here, SigningAlgorithm.ECDSA_P256_SHA256);
    EnclaveKeyManager manager =
        EnclaveKeyManager.of(key, version -> Optional.of(List.of()), InstantSource.system());

    assertThatThrownBy(() -> manager.chooseServerAlias("EC", null, null))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no certificate");
  }
}

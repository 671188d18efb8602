package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyEngine;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningInput;
import dev.enclave.spi.RawSignature;
import java.math.BigInteger;
import java.util.Arrays;

/** Checks raw signatures as the engine does. */
final class Verification {

  private static final BigInteger SECP256K1_ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private Verification() {}

  /** Asserts that exactly {@code version} signed {@code input}. */
  static void requireSigned(KeyVersion version, SigningInput input, RawSignature signature) {
    PublicKeyInfo key = version.publicKey().orElseThrow();
    assertThat(signature.version()).as("version the signature names").isEqualTo(version.id());
    assertThat(key.algorithm().hasEncoding(signature.encoding()))
        .as(key.algorithm() + " signatures have the encoding " + signature.encoding())
        .isTrue();
    assertThat(verifies(key, input, signature))
        .as("signature verifies by the public key of version " + version.id())
        .isTrue();
  }

  /** Whether the signature is valid; a high s is a backend's right, the engine lowers it. */
  static boolean verifies(PublicKeyInfo key, SigningInput input, RawSignature signature) {
    SignatureVerifier verifier = SignatureVerifier.of(key);
    return verifier.verify(input, signature.value(), signature.encoding())
        || (onSecp256k1(key.algorithm())
            && verifier.verify(
                input, withOtherS(key.algorithm(), signature), SignatureEncoding.P1363));
  }

  private static boolean onSecp256k1(KeyAlgorithm algorithm) {
    return algorithm.curve().filter("secp256k1"::equals).isPresent();
  }

  private static Bytes withOtherS(KeyAlgorithm algorithm, RawSignature signature) {
    byte[] fixed =
        PublicKeyEngine.get()
            .convert(
                signature.value(), algorithm, signature.encoding(), SignatureEncoding.P1363)
            .toByteArray();
    byte[] other =
        SECP256K1_ORDER
            .subtract(new BigInteger(1, Arrays.copyOfRange(fixed, 32, 64)))
            .toByteArray();
    Arrays.fill(fixed, 32, 64, (byte) 0);
    int length = Math.min(32, other.length);
    System.arraycopy(other, other.length - length, fixed, 64 - length, length);
    return Bytes.of(fixed);
  }
}

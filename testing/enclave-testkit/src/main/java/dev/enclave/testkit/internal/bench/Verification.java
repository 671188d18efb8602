package dev.enclave.testkit.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningInput;
import dev.enclave.crypto.Signatures;
import dev.enclave.error.UsageException;
import dev.enclave.spi.backend.RawSignature;

/** Checks raw signatures as the engine does. */
public final class Verification {

  private Verification() {}

  /** Asserts that exactly {@code version} signed {@code input}. */
  public static void requireSigned(KeyVersion version, SigningInput input, RawSignature signature) {
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
  public static boolean verifies(PublicKeyInfo key, SigningInput input, RawSignature signature) {
    try {
      Bytes low = Signatures.lowS(signature.value(), key.algorithm(), signature.encoding());
      return SignatureVerifier.of(key).verify(input, low, signature.encoding());
    } catch (UsageException malformed) {
      return false;
    }
  }
}

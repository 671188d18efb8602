package dev.enclave.crypto.internal.choice;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.crypto.internal.engine.AlgorithmEngine;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.engine.SelfCheckKeys;
import dev.enclave.crypto.internal.memory.FailureReason;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.internal.PublicKeyEngine;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.util.test.FixedSecureRandom;

/**
 * Whether an engine can be trusted with an algorithm here: it signs, Bouncy Castle verifies, and
 * the other way round; both see a changed signature. Takes milliseconds, once per algorithm.
 */
public final class SelfCheck {

  private static final Message MESSAGE = Message.ofUtf8("Enclave checks its engines");

  private SelfCheck() {}

  /** Why not; empty when it can. */
  static Optional<String> of(
      AlgorithmEngine engine, AlgorithmEngine reference, KeyAlgorithm algorithm) {
    try {
      return passes(engine, reference, representative(algorithm))
          ? Optional.empty()
          : Optional.of(Texts.SELF_CHECK_WRONG.with());
    } catch (RuntimeException | LinkageError failure) {
      return Optional.of(Texts.SELF_CHECK_FAILED.with(FailureReason.of(failure)));
    }
  }

  /**
   * The algorithm that is checked in place of {@code algorithm}: all of RSA is one operation, and
   * this scheme of it needs no random salt.
   */
  static KeyAlgorithm representative(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case RSA_PSS, RSA_PKCS1, RSA_OAEP -> SigningAlgorithm.RSA_PKCS1_2048_SHA256;
      default -> algorithm;
    };
  }

  private static boolean passes(
      AlgorithmEngine engine, AlgorithmEngine reference, KeyAlgorithm algorithm) {
    KeyMaterial ours = decode(engine, algorithm);
    KeyMaterial theirs = decode(reference, algorithm);
    try {
      PublicKeyInfo key = theirs.publicKey().orElseThrow();
      Bytes signature = ours.sign(MESSAGE);
      PublicKeyEngine.Verifier verifier = engine.verifier(key);
      return ours.publicKey().equals(theirs.publicKey())
          && verifies(reference.verifier(key), signature, algorithm)
          && verifies(verifier, theirs.sign(MESSAGE), algorithm)
          && !verifies(verifier, changed(signature), algorithm);
    } finally {
      ours.destroy();
      theirs.destroy();
    }
  }

  // Nothing here is secret, so blinding may be foreseen; the default source of randomness may be
  // anybody's.
  private static KeyMaterial decode(AlgorithmEngine engine, KeyAlgorithm algorithm) {
    byte[] blinding = new byte[4096];
    Arrays.fill(blinding, (byte) 0x5a);
    return engine.decode(algorithm, SelfCheckKeys.of(algorithm), new FixedSecureRandom(blinding));
  }

  private static boolean verifies(
      PublicKeyEngine.Verifier verifier, Bytes signature, KeyAlgorithm algorithm) {
    return verifier.verify(MESSAGE, signature, algorithm.defaultEncoding());
  }

  /** The last octet belongs to a number whatever the encoding. */
  private static Bytes changed(Bytes signature) {
    byte[] bytes = signature.toByteArray();
    bytes[bytes.length - 1] ^= 1;
    return Bytes.of(bytes);
  }
}

package dev.enclave.crypto.internal.engine;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.signature.EcdsaValue;
import dev.enclave.crypto.internal.signature.RecoveryIds;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine;
import java.security.SecureRandom;
import java.util.OptionalInt;

/**
 * A library that does the mathematics of some algorithms. Thread-safe. All engines decide the same:
 * they take the same private keys, write the same encoding of them, and hold the same signatures
 * for valid.
 */
public interface AlgorithmEngine {

  /** The library and its version. */
  String name();

  /** Where a private key lies between its uses. */
  KeyMemory memory(KeyAlgorithm algorithm);

  KeyMaterial generate(KeyAlgorithm algorithm, SecureRandom random);

  /**
   * Reads what {@link KeyMaterial#encode()} gives.
   *
   * @param encoded stays the caller's to overwrite
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING})
   */
  KeyMaterial decode(KeyAlgorithm algorithm, byte[] encoded, SecureRandom random);

  /** A verifier for a key whose algorithm makes signatures. */
  PublicKeyEngine.Verifier verifier(PublicKeyInfo key);

  /** The recovery id of a signature on secp256k1; empty when it is not one of {@code key}. */
  default OptionalInt recoveryId(PublicKeyInfo key, byte[] digest, EcdsaValue value) {
    return RecoveryIds.of(key, digest, value);
  }
}

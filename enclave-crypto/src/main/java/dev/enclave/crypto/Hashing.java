package dev.enclave.crypto;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.crypto.internal.Digests;

/** Hash functions (FIPS 180-4, Keccak-256) by Bouncy Castle, whatever JCA is configured to. */
public final class Hashing {

  private Hashing() {}

  /** The digest of {@code message}. */
  public static Digest digest(DigestAlgorithm algorithm, Message message) {
    return Digest.of(algorithm, Digests.hash(algorithm, message.toByteArray()));
  }
}

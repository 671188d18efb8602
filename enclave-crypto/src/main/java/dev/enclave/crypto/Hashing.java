package dev.enclave.crypto;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.crypto.internal.hash.Digests;
import java.security.MessageDigest;

/**
 * Hash functions, whatever JCA is configured to: SHA-2 (FIPS 180-4) by the JDK's own provider, and
 * by Bouncy Castle where that is missing; Keccak-256 by Bouncy Castle.
 */
public final class Hashing {

  private Hashing() {}

  /** The digest of {@code message}. */
  public static Digest digest(DigestAlgorithm algorithm, Message message) {
    return Digest.of(algorithm, Digests.hash(algorithm, message.toByteArray()));
  }

  /** SHA-256 for one thread, which reuses it. */
  public static MessageDigest sha256() {
    return Digests.sha256();
  }
}

package dev.enclave.crypto.internal.backup;

import java.math.BigInteger;

/**
 * The most that making a key from a password may cost: 64 MiB of memory, and about two seconds of
 * one core. The parameters lie in files and are used before anything of the file is authenticated,
 * so they are held against these numbers before any work.
 */
public final class DerivationCost {

  /**
   * Bytes; twice what OpenSSL itself computes with scrypt, so that nothing it writes is refused.
   */
  static final long MOST_MEMORY = 64L << 20;

  /** N r p of scrypt. */
  static final long MOST_SCRYPT_WORK = 3L << 20;

  static final int MOST_PBKDF2_ITERATIONS = 1_500_000;

  public static final int MOST_ARGON2_MEMORY_KIB = (int) (MOST_MEMORY >> 10);

  /** KiB of memory, times passes over it. */
  private static final int MOST_ARGON2_WORK = 15 << 16;

  private static final int MOST_ARGON2_PASSES = 100;

  private DerivationCost() {}

  /** Whether scrypt with N, r and p costs no more; all of them positive. */
  static boolean affordable(BigInteger cost, BigInteger blockSize, BigInteger parallelism) {
    BigInteger work = cost.multiply(blockSize).multiply(parallelism);
    BigInteger memory = cost.add(parallelism).multiply(blockSize).shiftLeft(7);
    return work.compareTo(BigInteger.valueOf(MOST_SCRYPT_WORK)) <= 0
        && memory.compareTo(BigInteger.valueOf(MOST_MEMORY)) <= 0;
  }

  /** How many passes Argon2 may make over so much memory, which is positive. */
  public static int mostArgon2Passes(int memoryKib) {
    return Math.min(MOST_ARGON2_PASSES, MOST_ARGON2_WORK / memoryKib);
  }
}

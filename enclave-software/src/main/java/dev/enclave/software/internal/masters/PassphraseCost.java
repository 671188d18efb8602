package dev.enclave.software.internal.masters;

/**
 * What Argon2id (RFC 9106) costs.
 *
 * @param memoryKib memory in KiB
 * @param iterations passes over it
 * @param parallelism lanes; computed on one thread
 */
public record PassphraseCost(int memoryKib, int iterations, int parallelism) {

  /** RFC 9106 §4, second recommendation, with one lane: ours is computed on one thread. */
  public static final PassphraseCost RECOMMENDED = new PassphraseCost(65_536, 3, 1);
}

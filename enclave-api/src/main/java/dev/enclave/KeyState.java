package dev.enclave;

/**
 * The life of a key version (NIST SP 800-57 Part 1 §7): PENDING, ACTIVE, VERIFY_ONLY, DISABLED,
 * DESTROYED, in that order.
 */
public enum KeyState {
  /** Made, but not in use: generation is under way, or a rotation has yet to activate it. */
  PENDING,
  /** Signs or wraps. At most one version of a key is active. */
  ACTIVE,
  /** Retired by a rotation: verifies or unwraps what it made, makes nothing new. */
  VERIFY_ONLY,
  /** Switched off by an administrator or after a compromise: neither signs nor verifies. */
  DISABLED,
  /** The private key is gone, or will be when the provider's waiting time ends. Final. */
  DESTROYED;

  /** Whether a version in this state may make signatures or wrap keys. */
  public boolean mayProduce() {
    return this == ACTIVE;
  }

  /** Whether signatures of a version in this state count, or what it wrapped may be opened. */
  public boolean mayConsume() {
    return this == ACTIVE || this == VERIFY_ONLY;
  }
}

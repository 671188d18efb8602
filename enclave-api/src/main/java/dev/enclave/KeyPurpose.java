package dev.enclave;

/** What a key is for. One key has one purpose (NIST SP 800-57 Part 1 §5.2). */
public enum KeyPurpose {
  /** Makes signatures. */
  SIGN,
  /** Wraps data-encryption keys: a key-encryption key (KEK). */
  WRAP
}

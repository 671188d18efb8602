package dev.enclave;

/**
 * How well a private key is protected, weakest first; {@link #compareTo} is the order policies use.
 * A backend reports it per key version; nobody assumes it.
 */
public enum Assurance {
  /** Stored unencrypted, or encrypted by a secret that lies beside it. */
  PLAINTEXT,
  /**
   * Encrypted at rest by a secret that lies elsewhere, such as a passphrase; used in our memory.
   */
  SOFTWARE,
  /**
   * Sealed by the operating system's store (DPAPI, Keychain, Secret Service); used in our memory.
   */
  OS_SEALED,
  /** Sealed by a key inside an HSM; used in our memory. */
  HSM_WRAPPED,
  /** Generated and used in hardware of this machine (TPM, Secure Enclave). */
  HARDWARE,
  /** Generated and used inside a hardware security module. */
  HSM;

  /** Whether this is {@code minimum} or stronger. */
  public boolean atLeast(Assurance minimum) {
    return compareTo(minimum) >= 0;
  }
}

package dev.enclave.migration;

/** How a key can get from one backend to another. */
public enum MigrationWay {
  /**
   * A new key is created at the target. The old key signs a statement on the new one, and the new
   * one on the old one. No private key is moved.
   */
  SUCCESSION,
  /** The source gives the private key out, and the target imports it. The public key stays. */
  IMPORT
}

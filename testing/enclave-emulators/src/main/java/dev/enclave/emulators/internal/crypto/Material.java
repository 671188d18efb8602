package dev.enclave.emulators.internal.crypto;

/** The material of one key, parsed once. Immutable and thread-safe. */
public sealed interface Material permits SecretMaterial, SigningMaterial {

  /** Tells two materials apart without showing either: the same for the same key. */
  byte[] fingerprint();
}

package dev.enclave.core.internal.audit;

import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;

/**
 * A checkpoint key that a backend holds.
 *
 * @param handle backend, authority and name
 * @param version the one version that signs
 * @param key its public half
 */
public record HeldKey(KeyHandle handle, KeyVersionId version, PublicKeyInfo key) {

  /** Where it is, for people. */
  public String place() {
    return "backend "
        + handle.backend()
        + " ("
        + handle.authority()
        + "), key "
        + handle.name()
        + ", version "
        + version;
  }
}

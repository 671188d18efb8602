package dev.enclave.spi;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;

/**
 * Exactly one version of a key, as the engine read it before.
 *
 * @param name the key
 * @param version the version
 * @param algorithm the key's scheme
 * @param providerUri the provider's own name for the version, as {@link KeySnapshot} gave it
 */
public record KeyVersionRef(
    KeyName name, KeyVersionId version, KeyAlgorithm algorithm, String providerUri) {
  /** A version. */
  public static KeyVersionRef of(
      KeyName name, KeyVersionId version, KeyAlgorithm algorithm, String providerUri) {
    return new KeyVersionRef(name, version, algorithm, providerUri);
  }
}

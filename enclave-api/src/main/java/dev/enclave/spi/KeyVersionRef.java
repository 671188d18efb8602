package dev.enclave.spi;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;

/**
 * Exactly one version of a key, as it was read before: {@link KeySnapshot#ref} makes it of a
 * reading. The engine decides how old that may be, so that a backend that keeps no states of its
 * own goes by what is said here.
 *
 * @param name the key
 * @param version the version
 * @param algorithm the key's scheme
 * @param state the version's state when it was read
 * @param stamp the key's stamp when it was read
 * @param providerUri the provider's own name for the version, as {@link KeySnapshot} gave it
 */
public record KeyVersionRef(
    KeyName name,
    KeyVersionId version,
    KeyAlgorithm algorithm,
    KeyState state,
    StampReading stamp,
    String providerUri) {

  /** A version. */
  public static KeyVersionRef of(
      KeyName name,
      KeyVersionId version,
      KeyAlgorithm algorithm,
      KeyState state,
      StampReading stamp,
      String providerUri) {
    return new KeyVersionRef(name, version, algorithm, state, stamp, providerUri);
  }
}

package dev.enclave.core.internal.config;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.error.EnclaveException;

/**
 * A key as settings name it: {@code backend:name}, or a handle. What else a handle says is left
 * out, so that the same name at another authority of the backend is the same key here.
 *
 * @param backend that has the key
 * @param name in the backend
 */
public record NamedKey(BackendId backend, KeyName name) {

  /** The key of a handle. */
  public static NamedKey of(KeyHandle handle) {
    return new NamedKey(handle.backend(), handle.name());
  }

  /**
   * Reads a setting's value.
   *
   * @throws IllegalArgumentException when it names no key
   * @throws EnclaveException when a part of it is no name
   */
  public static NamedKey parse(String text) {
    if (text.startsWith("enclave:")) {
      return of(KeyHandle.parse(text));
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no backend in front of a name");
    }
    return new NamedKey(
        BackendId.of(text.substring(0, colon)), KeyName.of(text.substring(colon + 1)));
  }

  @Override
  public String toString() {
    return backend + ":" + name;
  }
}

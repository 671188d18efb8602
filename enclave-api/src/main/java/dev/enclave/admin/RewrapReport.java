package dev.enclave.admin;

import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.error.EnclaveException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of each key when keys were sealed anew. Immutable.
 *
 * @param kekVersion the version of the key-encryption key that wraps now
 * @param rewrapped the keys that were sealed anew under it, by name
 * @param current the keys that were sealed under it already, by name
 * @param failed the keys that are not known to be sealed under it, with the error of each
 */
public record RewrapReport(
    KeyVersionId kekVersion,
    List<KeyName> rewrapped,
    List<KeyName> current,
    Map<KeyName, EnclaveException> failed) {

  public RewrapReport {
    rewrapped = List.copyOf(rewrapped);
    current = List.copyOf(current);
    failed = Collections.unmodifiableMap(new TreeMap<>(failed));
  }

  /** Whether no key failed. */
  public boolean complete() {
    return failed.isEmpty();
  }
}

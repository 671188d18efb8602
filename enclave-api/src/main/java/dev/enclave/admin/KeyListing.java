package dev.enclave.admin;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.error.EnclaveException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All keys of applications at one moment: one that cannot be read hides no other, and is not hidden
 * by them. Immutable.
 *
 * @param keys those that could be read, by name
 * @param unreadable those that could not, such as damaged ones, with the error of each
 */
public record KeyListing(List<KeyInfo> keys, Map<KeyName, EnclaveException> unreadable) {

  /** Copies both. */
  public KeyListing {
    keys = List.copyOf(keys);
    unreadable = Collections.unmodifiableMap(new TreeMap<>(unreadable));
  }

  /** Whether every key could be read. */
  public boolean complete() {
    return unreadable.isEmpty();
  }
}

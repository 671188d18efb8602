package dev.enclave.core.internal.enclave;

import dev.enclave.EnclaveKey;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.Keys;
import java.util.Objects;
import java.util.Optional;

/** Finds keys of one kind as one caller, and does nothing else. Thread-safe. */
final class EngineKeys<K extends EnclaveKey> implements Keys<K> {

  private final KeyLookup lookup;
  private final Class<K> type;

  EngineKeys(KeyLookup lookup, Class<K> type) {
    this.lookup = lookup;
    this.type = type;
  }

  @Override
  public K key(KeyName name) {
    Objects.requireNonNull(name, "name");
    return lookup.key(name, type);
  }

  @Override
  public K key(KeyHandle handle) {
    Objects.requireNonNull(handle, "handle");
    return lookup.key(handle, type);
  }

  @Override
  public Optional<K> find(KeyName name) {
    Objects.requireNonNull(name, "name");
    return lookup.find(name, type);
  }
}

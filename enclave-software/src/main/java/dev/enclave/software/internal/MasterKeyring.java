package dev.enclave.software.internal;

import dev.enclave.crypto.LocalKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The master keys of a store that this process knows, by id. One of them is current: files are
 * sealed under it; under the others are files that a reseal has not come to. Thread-safe.
 */
final class MasterKeyring implements AutoCloseable {

  private final Map<String, LocalKey> keys = new LinkedHashMap<>();
  private String current;

  /** A keyring of one key, which it takes over. */
  MasterKeyring(String id, LocalKey key) {
    this.current = id;
    keys.put(id, key);
  }

  synchronized String current() {
    return current;
  }

  /** The ids, the current one first. */
  synchronized List<String> ids() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(current),
            keys.keySet().stream().filter(id -> !id.equals(current)))
        .toList();
  }

  synchronized Optional<LocalKey> find(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  /** Adds a key, which it takes over. */
  synchronized void add(String id, LocalKey key) {
    LocalKey before = keys.put(id, key);
    if (before != null) {
      before.close();
    }
  }

  /** Makes a key it has the current one. */
  synchronized void use(String id) {
    if (!keys.containsKey(id)) {
      throw new IllegalArgumentException("no such master key");
    }
    current = id;
  }

  /** Forgets a key that is not current. */
  synchronized void forget(String id) {
    LocalKey forgotten = id.equals(current) ? null : keys.remove(id);
    if (forgotten != null) {
      forgotten.close();
    }
  }

  /** Overwrites all keys; whatever needs one fails from now on. */
  @Override
  public synchronized void close() {
    keys.values().forEach(LocalKey::close);
  }
}

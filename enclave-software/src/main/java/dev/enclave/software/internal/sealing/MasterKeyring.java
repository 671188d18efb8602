package dev.enclave.software.internal.sealing;

import dev.enclave.crypto.LocalKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The master keys of a store that this process knows, by id. Which of them files are sealed under,
 * {@code store.json} says at every write ({@code CurrentMaster}). Thread-safe.
 */
public final class MasterKeyring implements AutoCloseable {

  private final Map<String, LocalKey> keys = new LinkedHashMap<>();
  private final String first;

  /** A keyring of one key, which it takes over. */
  public MasterKeyring(String id, LocalKey key) {
    this.first = id;
    keys.put(id, key);
  }

  /** The one it was made with: the store's current one when it was opened. */
  public String first() {
    return first;
  }

  /** The ids, the {@link #first()} one first. */
  public synchronized List<String> ids() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(first),
            keys.keySet().stream().filter(id -> !id.equals(first)))
        .toList();
  }

  public synchronized Optional<LocalKey> find(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  /** Adds a key, which it takes over. */
  public synchronized void add(String id, LocalKey key) {
    LocalKey before = keys.put(id, key);
    if (before != null) {
      before.close();
    }
  }

  /** Forgets a key that nothing is sealed under, unless it is the first. */
  public synchronized void forget(String id) {
    LocalKey forgotten = id.equals(first) ? null : keys.remove(id);
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

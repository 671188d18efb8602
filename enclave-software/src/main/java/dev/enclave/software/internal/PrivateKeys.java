package dev.enclave.software.internal;

import dev.enclave.KeyState;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Private keys that were unsealed once and are kept for the next signature. Thread-safe. */
final class PrivateKeys implements AutoCloseable {

  private final KeyStore store;
  // By file name, which is never used twice: a key deleted and made anew does not meet its past.
  private final ConcurrentMap<String, LocalKey> unsealed = new ConcurrentHashMap<>();

  PrivateKeys(KeyStore store) {
    this.store = store;
  }

  LocalKey get(Manifest manifest, VersionEntry version) throws BackendFailure {
    LocalKey known = unsealed.get(slot(manifest, version));
    if (known != null) {
      return known;
    }
    Optional<LocalKey> read = store.readPrivateKey(manifest, version);
    if (read.isEmpty()) {
      throw missing(manifest, version);
    }
    LocalKey first = unsealed.putIfAbsent(slot(manifest, version), read.get());
    if (first == null) {
      return read.get();
    }
    read.get().close();
    return first;
  }

  private BackendFailure missing(Manifest manifest, VersionEntry version) throws BackendFailure {
    boolean destroyedMeanwhile =
        store
            .read(manifest.name())
            .version(version.id())
            .filter(v -> v.state() != KeyState.DESTROYED)
            .isEmpty();
    if (destroyedMeanwhile) {
      return BackendFailure.permanent(
          FailureCode.INVALID_STATE,
          "Version "
              + version.id()
              + " of key "
              + manifest.name()
              + " has just been destroyed. Use the active version.");
    }
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "The private key of version "
            + version.id()
            + " of key "
            + manifest.name()
            + " is missing: there is no file "
            + version.file()
            + ". Restore it from a backup, or destroy the version.");
  }

  void forget(Manifest manifest, VersionEntry version) {
    LocalKey key = unsealed.remove(slot(manifest, version));
    if (key != null) {
      key.close();
    }
  }

  private static String slot(Manifest manifest, VersionEntry version) {
    return manifest.name() + "/" + version.file();
  }

  @Override
  public void close() {
    unsealed.values().forEach(LocalKey::close);
    unsealed.clear();
  }
}

package dev.enclave.software.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.crypto.LocalKey;
import dev.enclave.software.internal.records.KeyStore;
import dev.enclave.software.internal.sealing.Manifest;
import dev.enclave.software.internal.sealing.VersionEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Private keys that were unsealed once and are kept for the next signature. Thread-safe. */
public final class PrivateKeys implements AutoCloseable {

  private final KeyStore store;
  // By file name, which is never used twice: a key deleted and made anew does not meet its past.
  private final ConcurrentMap<Slot, LocalKey> unsealed = new ConcurrentHashMap<>();

  private record Slot(KeyName name, String file) {}

  public PrivateKeys(KeyStore store) {
    this.store = store;
  }

  /**
   * The private key of a version, unsealed.
   *
   * @throws BackendFailure INVALID_STATE if it was destroyed meanwhile; CORRUPT if it is lost
   */
  LocalKey get(Manifest manifest, VersionEntry version) throws BackendFailure {
    Slot slot = new Slot(manifest.name(), version.file());
    LocalKey known = unsealed.get(slot);
    if (known != null) {
      return known;
    }
    Optional<LocalKey> read = store.readPrivateKey(manifest, version);
    if (read.isEmpty()) {
      throw missing(store.readAnew(manifest.name()), version);
    }
    LocalKey first = unsealed.putIfAbsent(slot, read.get());
    if (first == null) {
      return read.get();
    }
    read.get().close();
    return first;
  }

  /** Why the manifest's version has no private key. */
  static BackendFailure missing(Manifest manifest, VersionEntry version) {
    boolean destroyedMeanwhile =
        manifest.version(version.id()).filter(v -> v.state() != KeyState.DESTROYED).isEmpty();
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
            + ". Put it back from a copy of the directory, restore the key from its backup with:"
            + " enclave keys restore, or give the version up with: enclave keys disable, then enclave keys"
            + " destroy.");
  }

  void forget(Manifest manifest, VersionEntry version) {
    LocalKey key = unsealed.remove(new Slot(manifest.name(), version.file()));
    if (key != null) {
      key.close();
    }
  }

  @Override
  public void close() {
    unsealed.values().forEach(LocalKey::close);
    unsealed.clear();
  }
}

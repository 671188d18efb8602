package dev.enclave.software.internal.backend;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import java.security.SecureRandom;

/** Looks at every private half of a store, in the bytes that are on the disk. */
final class StoreInspector implements AutoCloseable {

  private final TestStore store;
  private final SoftwareBackend backend;

  private StoreInspector(TestStore store, SoftwareBackend backend) {
    this.store = store;
    this.backend = backend;
  }

  static StoreInspector of(TestStore store) throws BackendFailure {
    return new StoreInspector(store, store.openCheaply());
  }

  LocalKey privateKey(KeyName name, int index) throws BackendFailure {
    try (ExportedKey key = backend.export(name, TestStore.call())) {
      return LocalKey.decode(
          key.algorithm(), key.versions().get(index).material().orElseThrow(), new SecureRandom());
    }
  }

  /** Opens the private key of every version but the destroyed, which have none; says how many. */
  int requireWhole(KeyName name) throws Exception {
    int whole = 0;
    try (ExportedKey key = backend.export(name, TestStore.call())) {
      for (ExportedKey.Version version : key.versions()) {
        boolean needed = version.state() != KeyState.DESTROYED;
        if (needed == version.material().isEmpty()) {
          throw new AssertionError(name + (needed ? " has no " : " still has ") + version.id());
        }
        whole += needed ? 1 : 0;
      }
    }
    if (RecordFile.of(store.layout().record(name)).privateKeys() != whole) {
      throw new AssertionError(name + " has other sections than " + whole + " private keys");
    }
    return whole;
  }

  @Override
  public void close() {
    backend.close();
  }
}

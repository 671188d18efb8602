package dev.enclave.software.internal.backend;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.crypto.LocalKey;
import dev.enclave.software.internal.backend.SoftwareSettings.Passphrase;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.MasterKeys;
import dev.enclave.software.internal.masters.StoreParameters;
import dev.enclave.software.internal.records.KeyStore;
import dev.enclave.software.internal.sealing.Manifest;
import dev.enclave.software.internal.sealing.MasterSealer;
import dev.enclave.software.internal.sealing.VersionEntry;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** Looks into a store past the backend, with the master keys. */
final class StoreInspector implements AutoCloseable {

  private final KeyStore keys;

  private StoreInspector(KeyStore keys) {
    this.keys = keys;
  }

  static StoreInspector of(TestStore store) throws BackendFailure, IOException {
    StoreLayout layout = store.layout();
    var context = store.context();
    SecureFiles files = new SecureFiles(context.random());
    StoreParameters parameters =
        StoreParameters.parse(Files.readAllBytes(layout.parameters()), layout.parameters());
    MasterKeys masterKeys =
        new MasterKeys(files, layout, TestStore.CHEAP, context.random(), Optional.empty());
    try (SoftwareSettings settings = SoftwareSettings.of(context, StoreKind.SOFTWARE);
        Passphrase passphrase = settings.passphrase();
        MasterKeys.Protector protector = masterKeys.protector(parameters, passphrase.secret())) {
      return new StoreInspector(
          new KeyStore(
              files,
              layout,
              new StoreLock(files, layout, context.time()),
              new MasterSealer(
                  masterKeys.unseal(protector, parameters).orElseThrow(), context.random()),
              parameters.storeId(),
              context));
    }
  }

  LocalKey privateKey(KeyName name, int index) throws BackendFailure {
    Manifest manifest = keys.read(name);
    return keys.readPrivateKey(manifest, manifest.versions().get(index)).orElseThrow();
  }

  /** Opens the private key of every version but the destroyed, which have none; says how many. */
  int requireWhole(KeyName name) throws BackendFailure {
    Manifest manifest = keys.read(name);
    int whole = 0;
    for (VersionEntry version : manifest.versions()) {
      Optional<LocalKey> key = keys.readPrivateKey(manifest, version);
      boolean needed = version.state() != KeyState.DESTROYED;
      if (needed == key.isEmpty()) {
        throw new AssertionError(name + (needed ? " has no " : " still has ") + version.file());
      }
      whole += key.isPresent() ? 1 : 0;
      key.ifPresent(LocalKey::close);
    }
    return whole;
  }

  @Override
  public void close() {
    keys.close();
  }
}

package dev.enclave.software.internal.keys;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.records.KeyStore;
import dev.enclave.software.internal.sealing.Manifest;
import dev.enclave.software.internal.sealing.StateRules;
import dev.enclave.software.internal.sealing.VersionEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gives whole keys out of the store and takes them in. */
public final class KeyTransfer {

  private final BackendContext context;
  private final KeyStore store;
  private final StoreLock locks;

  public KeyTransfer(BackendContext context, KeyStore store, StoreLock locks) {
    this.context = context;
    this.store = store;
    this.locks = locks;
  }

  /** Under the key's lock, so that no version is destroyed half-way. */
  public ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
    store.read(name);
    return locks.holdingKey(name, call.deadline(), () -> exported(store.read(name)));
  }

  private ExportedKey exported(Manifest manifest) throws BackendFailure {
    StateRules.requireStamp(context.environment(), manifest);
    List<Version> versions = new ArrayList<>();
    boolean complete = false;
    try {
      for (VersionEntry version : manifest.versions()) {
        versions.add(exported(manifest, version));
      }
      complete = true;
    } finally {
      if (!complete) {
        versions.forEach(v -> v.material().ifPresent(SecretBytes::close));
      }
    }
    return ExportedKey.of(
        manifest.name(),
        manifest.algorithm(),
        manifest.rotation(),
        Optional.of(manifest.stamp()),
        versions);
  }

  private Version exported(Manifest manifest, VersionEntry version) throws BackendFailure {
    Optional<SecretBytes> material = Optional.empty();
    if (version.state() != KeyState.DESTROYED) {
      // Not the kept copy: a disabled version's is closed, and a backup needs it all the same.
      try (LocalKey key =
          store.readPrivateKey(manifest, version).orElseThrow(() -> missing(manifest, version))) {
        material = Optional.of(key.encode());
      }
    }
    return Version.of(
        version.id(), version.state(), version.createdAt(), version.publicKey(), material);
  }

  private static BackendFailure missing(Manifest manifest, VersionEntry version) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "The private key of version "
            + version.id()
            + " of key "
            + manifest.name()
            + " is missing: there is no file "
            + version.file()
            + ". Destroy the version, then back the key up.");
  }

  public Manifest restore(RestoreRequest request, CallContext call) throws BackendFailure {
    List<LocalKey> keys = new ArrayList<>();
    try {
      for (Version version : request.key().versions()) {
        if (version.material().isPresent()) {
          keys.add(decoded(request.key().algorithm(), version, version.material().get()));
        }
      }
      return locks.holdingKey(request.name(), call.deadline(), () -> restored(request, keys));
    } finally {
      keys.forEach(LocalKey::close);
    }
  }

  private LocalKey decoded(KeyAlgorithm algorithm, Version version, SecretBytes material)
      throws BackendFailure {
    LocalKey key;
    try {
      key = LocalKey.decode(algorithm, material, context.random());
    } catch (EnclaveException | IllegalStateException e) {
      throw rejected(version, "is no private key for " + algorithm + ", or was closed");
    }
    if (!key.publicKey().equals(version.publicKey())) {
      key.close();
      throw rejected(version, "has a private key that does not belong to its public key");
    }
    return key;
  }

  private static BackendFailure rejected(Version version, String why) {
    return BackendFailure.permanent(
        FailureCode.REJECTED, "Version " + version.id() + " " + why + ". Read the backup again.");
  }

  private Manifest restored(RestoreRequest request, List<LocalKey> keys) throws BackendFailure {
    store.tidy(request.name());
    Optional<Manifest> existing = store.find(request.name());
    if (existing.isPresent()) {
      store.settle(request.name());
      return KeyLifecycle.existing(existing.get(), request.operationId());
    }
    Manifest manifest = manifest(request);
    List<VersionEntry> kept =
        manifest.versions().stream().filter(v -> v.state() != KeyState.DESTROYED).toList();
    store.beginCreation(request.name(), kept);
    for (int i = 0; i < kept.size(); i++) {
      store.writePrivateKey(
          request.name(), kept.get(i), manifest.algorithm(), manifest.stamp(), keys.get(i));
    }
    store.write(manifest);
    return manifest;
  }

  private Manifest manifest(RestoreRequest request) {
    ExportedKey key = request.key();
    EnvironmentType stamp = request.stamp();
    return new Manifest(
        request.name(),
        key.algorithm(),
        stamp,
        key.rotation(),
        key.versions().get(0).createdAt(),
        request.operationId(),
        1,
        key.versions().stream().map(this::entry).toList());
  }

  private VersionEntry entry(Version version) {
    return new VersionEntry(
        version.id(),
        version.state(),
        version.createdAt(),
        version.publicKey(),
        KeyOrigin.IMPORTED,
        store.newPrivateKeyFile(version.id().value()),
        "",
        "");
  }
}

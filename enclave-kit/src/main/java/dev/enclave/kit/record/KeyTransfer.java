package dev.enclave.kit.record;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gives whole keys out of the store and takes them in. Thread-safe. */
final class KeyTransfer {

  private final BackendContext context;
  private final KeyRecords records;
  private final SectionNames sections;

  KeyTransfer(BackendContext context, KeyRecords records) {
    this.context = context;
    this.records = records;
    this.sections = new SectionNames(context.random());
  }

  /** All of it is of one record, as the store has it now. */
  ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
    while (true) {
      try {
        return exported(records.read(name, call));
      } catch (SupersededException e) {
        records.requireTime(name, call);
      }
    }
  }

  private ExportedKey exported(Reading reading) throws BackendFailure, SupersededException {
    Manifest manifest = reading.manifest();
    StateRules.requireStamp(context.environment(), manifest);
    List<Version> versions = new ArrayList<>();
    boolean complete = false;
    try {
      for (VersionEntry version : manifest.versions()) {
        versions.add(exported(reading, version));
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

  private Version exported(Reading reading, VersionEntry version)
      throws BackendFailure, SupersededException {
    Optional<SecretBytes> material = Optional.empty();
    if (version.state() != KeyState.DESTROYED) {
      // Not the kept copy: a disabled version's is closed, and a backup needs it all the same.
      try (LocalKey key = records.openPrivateKey(reading, version)) {
        material = Optional.of(key.encode());
      }
    }
    return Version.of(
        version.id(), version.state(), version.createdAt(), version.publicKey(), material);
  }

  Manifest restore(RestoreRequest request, CallContext call) throws BackendFailure {
    Optional<Reading> existing = records.find(request.name(), call);
    if (existing.isPresent()) {
      return KeyLifecycle.existing(records, existing.get().manifest(), request.operationId(), call);
    }
    Manifest manifest = manifest(request);
    Map<String, LocalKey> halves = new HashMap<>();
    try {
      List<Version> versions = request.key().versions();
      for (int i = 0; i < versions.size(); i++) {
        Version version = versions.get(i);
        if (version.material().isPresent()) {
          halves.put(
              manifest.versions().get(i).section(),
              decoded(request.key().algorithm(), version, version.material().get()));
        }
      }
      return KeyLifecycle.created(records, manifest, halves, request.operationId(), call);
    } finally {
      halves.values().forEach(LocalKey::close);
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
        FailureCode.REJECTED,
        "Version " + version.id() + " " + why + ".",
        "Read the backup again.");
  }

  private Manifest manifest(RestoreRequest request) {
    ExportedKey key = request.key();
    return new Manifest(
        request.name(),
        key.algorithm(),
        request.stamp(),
        key.rotation(),
        key.versions().get(0).createdAt(),
        request.operationId(),
        1,
        key.versions().stream().map(this::entry).toList(),
        Optional.empty());
  }

  private VersionEntry entry(Version version) {
    return new VersionEntry(
        version.id(),
        version.state(),
        version.createdAt(),
        Optional.empty(),
        Optional.empty(),
        version.publicKey(),
        KeyOrigin.IMPORTED,
        sections.of(version.id()),
        "",
        "");
  }
}

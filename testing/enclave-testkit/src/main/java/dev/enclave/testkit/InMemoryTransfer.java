package dev.enclave.testkit;

import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.testkit.internal.Refusals;
import java.security.SecureRandom;
import java.util.Optional;

/** Whole keys out of an in-memory store and into it. */
final class InMemoryTransfer {

  private InMemoryTransfer() {}

  /** The key as it is; the caller holds the store. */
  static ExportedKey export(KeyName name, InMemoryStore.Key key) {
    return ExportedKey.of(
        name,
        key.algorithm,
        key.rotation,
        key.stamp,
        key.versions.stream().map(InMemoryTransfer::export).toList());
  }

  private static Version export(InMemoryStore.Version version) {
    KeyVersion info = version.info;
    return Version.of(
        info.id(),
        info.state(),
        info.createdAt(),
        info.publicKey(),
        info.state() == KeyState.DESTROYED
            ? Optional.empty()
            : version.material.map(LocalKey::encode));
  }

  /** A key with everything the request has, not yet in any store. */
  static InMemoryStore.Key restored(
      RestoreRequest request, String uri, Assurance assurance, SecureRandom random)
      throws BackendFailure {
    ExportedKey key = request.key();
    InMemoryStore.Key restored =
        new InMemoryStore.Key(
            key.algorithm(), key.rotation(), Optional.of(request.stamp()), uri, true);
    for (Version version : key.versions()) {
      Optional<LocalKey> material = decoded(key.algorithm(), version, random);
      restored.versions.add(
          new InMemoryStore.Version(
              KeyVersion.of(
                      version.id(), version.state(), version.createdAt(), uri + "/" + version.id())
                  .withPublicKey(version.publicKey())
                  .withAssurance(assurance)
                  .withOrigin(KeyOrigin.IMPORTED),
              material,
              request.operationId(),
              version.state() != KeyState.PENDING));
    }
    return restored;
  }

  private static Optional<LocalKey> decoded(
      KeyAlgorithm algorithm, Version version, SecureRandom random) throws BackendFailure {
    if (version.material().isEmpty()) {
      return Optional.empty();
    }
    SecretBytes material = version.material().get();
    try {
      LocalKey key = LocalKey.decode(algorithm, material, random);
      if (key.publicKey().equals(version.publicKey())) {
        return Optional.of(key);
      }
      key.close();
    } catch (EnclaveException e) {
      // Refused below, in the words of a backend.
    }
    throw Refusals.notItsPrivateKey(version.id());
  }
}

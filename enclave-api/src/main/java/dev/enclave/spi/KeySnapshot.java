package dev.enclave.spi;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A key as the backend sees it at one moment.
 *
 * @param name its name
 * @param algorithm its scheme
 * @param versions oldest first, destroyed ones included; at least one, ids unique
 * @param rotation as stored at creation, or by {@link KeyRotator#changeInterval} since
 * @param stamp what was read of the environment type bound to the key; a backend that was not
 *     allowed to read it, or could not, answers {@link StampReading.Unreadable}, never {@link
 *     StampReading.Unstamped}
 * @param createdAt when the first version was made
 * @param providerUri the provider's own name for the key, never empty
 * @param exportable whether the private key can leave as an encrypted backup
 * @param movedTo where the key was migrated to, as {@link KeyStateChanger#recordMove} recorded it;
 *     none where it was not, or its version was made ACTIVE again since
 */
public record KeySnapshot(
    KeyName name,
    KeyAlgorithm algorithm,
    List<KeyVersion> versions,
    RotationInterval rotation,
    StampReading stamp,
    Instant createdAt,
    String providerUri,
    boolean exportable,
    Optional<KeyHandle> movedTo) {

  /**
   * @throws IllegalArgumentException when there is no version, two share an id, two are active, or
   *     a public key is of another algorithm
   */
  public KeySnapshot {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("key " + name + " has no version");
    }
    Set<KeyVersionId> ids = new HashSet<>();
    int active = 0;
    for (KeyVersion version : versions) {
      if (!ids.add(version.id())) {
        throw new IllegalArgumentException("key " + name + " has two versions of one id");
      }
      active += version.state() == KeyState.ACTIVE ? 1 : 0;
      if (active > 1) {
        throw new IllegalArgumentException("key " + name + " has two active versions");
      }
      if (version.publicKey().filter(key -> key.algorithm() != algorithm).isPresent()) {
        throw new IllegalArgumentException(
            "version " + version.id() + " of key " + name + " is not of " + algorithm);
      }
    }
  }

  /** The version in state ACTIVE, if there is one. */
  public Optional<KeyVersion> active() {
    for (KeyVersion version : versions) {
      if (version.state() == KeyState.ACTIVE) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  /** The version of this id, if there is one. */
  public Optional<KeyVersion> version(KeyVersionId id) {
    for (KeyVersion version : versions) {
      if (version.id().equals(id)) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  /** The same with another rotation interval. */
  public KeySnapshot withRotation(RotationInterval interval) {
    return new KeySnapshot(
        name, algorithm, versions, interval, stamp, createdAt, providerUri, exportable, movedTo);
  }

  /** What {@link KeySigner#sign} takes to use {@code version}, in the state that it has here. */
  public KeyVersionRef ref(KeyVersion version) {
    return KeyVersionRef.of(
        name, version.id(), algorithm, version.state(), stamp, version.providerUri());
  }

  /**
   * A key with the policy's rotation interval, without a stamp, made when its first version was,
   * and not exportable.
   */
  public static KeySnapshot of(
      KeyName name, KeyAlgorithm algorithm, List<KeyVersion> versions, String providerUri) {
    return new KeySnapshot(
        name,
        algorithm,
        versions,
        RotationInterval.POLICY,
        StampReading.none(),
        versions.isEmpty() ? Instant.EPOCH : versions.get(0).createdAt(),
        providerUri,
        false,
        Optional.empty());
  }

  /** The same of another name. */
  public KeySnapshot withName(KeyName other) {
    return new KeySnapshot(
        other, algorithm, versions, rotation, stamp, createdAt, providerUri, exportable, movedTo);
  }

  /** The same for another algorithm. */
  public KeySnapshot withAlgorithm(KeyAlgorithm other) {
    return new KeySnapshot(
        name, other, versions, rotation, stamp, createdAt, providerUri, exportable, movedTo);
  }

  /** The same with other versions. */
  public KeySnapshot withVersions(List<KeyVersion> other) {
    return new KeySnapshot(
        name, algorithm, other, rotation, stamp, createdAt, providerUri, exportable, movedTo);
  }

  /** The same with another stamp. */
  public KeySnapshot withStamp(StampReading other) {
    return new KeySnapshot(
        name, algorithm, versions, rotation, other, createdAt, providerUri, exportable, movedTo);
  }

  /** The same made at another time. */
  public KeySnapshot withCreatedAt(Instant other) {
    return new KeySnapshot(
        name, algorithm, versions, rotation, stamp, other, providerUri, exportable, movedTo);
  }

  /** The same under another name of the provider. */
  public KeySnapshot withProviderUri(String other) {
    return new KeySnapshot(
        name, algorithm, versions, rotation, stamp, createdAt, other, exportable, movedTo);
  }

  /** The same that can leave as an encrypted backup, or cannot. */
  public KeySnapshot withExportable(boolean other) {
    return new KeySnapshot(
        name, algorithm, versions, rotation, stamp, createdAt, providerUri, other, movedTo);
  }

  /** The same migrated to another place, or to none. */
  public KeySnapshot withMovedTo(Optional<KeyHandle> other) {
    return new KeySnapshot(
        name, algorithm, versions, rotation, stamp, createdAt, providerUri, exportable, other);
  }
}

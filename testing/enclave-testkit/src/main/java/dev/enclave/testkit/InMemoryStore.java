package dev.enclave.testkit;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where an in-memory backend keeps its keys. Outlives the backends opened on it, so that they can
 * be persistent; several may be open at once, as several processes on one directory would be.
 */
public final class InMemoryStore {

  /** One version with its private key. */
  static final class Version {

    final String operationId;
    final Optional<LocalKey> material;
    KeyVersion info;
    boolean everActive;
    Optional<Instant> replacedAt = Optional.empty();

    /** A version whose private key is none if it came destroyed. */
    Version(KeyVersion info, Optional<LocalKey> material, String operationId, boolean everActive) {
      this.info = info;
      this.material = material;
      this.operationId = operationId;
      this.everActive = everActive;
    }

    /** Gives way to another version that becomes active. */
    void giveWay(KeyState retired, Instant now) {
      become(retired, now);
      replacedAt = Optional.of(now).filter(at -> retired == KeyState.VERIFY_ONLY);
    }

    void become(KeyState state, Instant now) {
      replacedAt = Optional.empty();
      if (state == KeyState.ACTIVE && info.state() != KeyState.ACTIVE) {
        info = info.withActivatedAt(Optional.of(now));
      }
      info = info.withState(state);
      everActive |= state == KeyState.ACTIVE;
      if (state == KeyState.DESTROYED) {
        close();
      }
    }

    void close() {
      material.ifPresent(LocalKey::close);
    }
  }

  /** One key; guarded by the store. */
  static final class Key {

    final KeyAlgorithm algorithm;
    final Optional<EnvironmentType> stamp;
    final String uri;
    final boolean exportable;
    final List<Version> versions = new ArrayList<>();
    RotationInterval rotation;
    Optional<KeyHandle> movedTo = Optional.empty();

    Key(
        KeyAlgorithm algorithm,
        RotationInterval rotation,
        Optional<EnvironmentType> stamp,
        String uri,
        boolean exportable) {
      this.algorithm = algorithm;
      this.rotation = rotation;
      this.stamp = stamp;
      this.uri = uri;
      this.exportable = exportable;
    }

    /** Adds the next version. */
    void add(
        KeyState state,
        LocalKey material,
        String operationId,
        InMemoryProvider.Report report,
        Instant createdAt) {
      int number = versions.size() + 1;
      // A restored key may have ids of another backend's making.
      while (version(KeyVersionId.of(Integer.toString(number))).isPresent()) {
        number++;
      }
      String id = Integer.toString(number);
      versions.add(
          new Version(
              KeyVersion.of(KeyVersionId.of(id), state, createdAt, uri + "/" + id)
                  .withActivatedAt(
                      state == KeyState.ACTIVE ? Optional.of(createdAt) : Optional.empty())
                  .withPublicKey(material.publicKey())
                  .withAssurance(report.assurance())
                  .withOrigin(report.origin()),
              Optional.of(material),
              operationId,
              state == KeyState.ACTIVE));
    }

    Optional<Version> version(KeyVersionId id) {
      return versions.stream().filter(version -> version.info.id().equals(id)).findFirst();
    }

    Optional<Version> active() {
      return versions.stream()
          .filter(version -> version.info.state() == KeyState.ACTIVE)
          .findFirst();
    }

    boolean activeIs(KeyVersionId id) {
      return active().filter(version -> version.info.id().equals(id)).isPresent();
    }

    KeySnapshot snapshot(KeyName name) {
      return snapshot(name, StampReading.found(stamp));
    }

    KeySnapshot snapshot(KeyName name, StampReading stampRead) {
      return KeySnapshot.of(
              name, algorithm, versions.stream().map(version -> version.info).toList(), uri)
          .withRotation(rotation)
          .withStamp(stampRead)
          .withMovedTo(movedTo)
          .withExportable(exportable);
    }
  }

  /** What somebody else has made, and whether its stamps may be read. Guards its keys. */
  static final class Foreign {
    final Map<String, Key> keys = new HashMap<>();
    volatile boolean stampsWithheld;
  }

  final Map<KeyName, Key> keys = new HashMap<>();
  final Foreign foreign;

  /** An empty store. */
  public InMemoryStore() {
    this(new Foreign());
  }

  private InMemoryStore(Foreign foreign) {
    this.foreign = foreign;
  }

  /** Whether a version that was replaced signs for a moment more; guarded by the store. */
  boolean inGrace(Version version, KeyVersionRef ref, TimeSource time) {
    return version.replacedAt.filter(at -> ref.inGrace(at, time.now())).isPresent()
        && Optional.ofNullable(keys.get(ref.name())).flatMap(Key::active).isPresent();
  }

  /** A store for one opening of a backend that forgets: its own keys, the same foreign ones. */
  InMemoryStore forOneOpening() {
    return new InMemoryStore(foreign);
  }
}

package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Takes records of one store apart, and puts them together. Thread-safe. */
final class RecordOpener {

  private final String storeId;
  private final RecordFailures failures;
  private final SecureRandom random;

  RecordOpener(String storeId, RecordFailures failures, SecureRandom random) {
    this.storeId = storeId;
    this.failures = failures;
    this.random = random;
  }

  /** Takes a record apart, if it says that it is of this key of this store. */
  SealedRecord parse(KeyName name, Bytes content) throws BackendFailure {
    SealedRecord sealed;
    try {
      sealed = SealedRecord.parse(content);
    } catch (IOException e) {
      throw failures.damaged(name);
    }
    RecordHead head = sealed.head();
    if (!head.storeId().equals(storeId)) {
      throw failures.foreign(name, head);
    }
    if (!head.key().equals(name.value())) {
      throw failures.misplaced(name, head);
    }
    return sealed;
  }

  /** What the record says of its key; with it, that no section is missing, added or moved. */
  Manifest manifest(KeyName name, SealedRecord sealed, RecordKey key)
      throws BackendFailure, SupersededException {
    RecordHead head = sealed.head();
    try {
      Section section =
          sealed.section(SealedRecord.MANIFEST).orElseThrow(() -> new IOException("no manifest"));
      Manifest manifest =
          ManifestCodec.decode(head.key(), head.algorithm(), head.stamp(), key.open(section));
      if (!sealed.labels().equals(labels(manifest))) {
        throw new IOException("other sections than the manifest names");
      }
      return manifest;
    } catch (IOException e) {
      throw failures.damaged(name);
    }
  }

  private static List<String> labels(Manifest manifest) {
    List<String> labels = new ArrayList<>(List.of(SealedRecord.MANIFEST));
    living(manifest).forEach(version -> labels.add(version.section()));
    return labels;
  }

  private static List<VersionEntry> living(Manifest manifest) {
    return manifest.versions().stream().filter(v -> v.state() != KeyState.DESTROYED).toList();
  }

  /** The private half of a version that is not destroyed. */
  LocalKey privateKey(Reading reading, VersionEntry version)
      throws BackendFailure, SupersededException {
    Manifest manifest = reading.manifest();
    Section section =
        reading
            .sealed()
            .section(version.section())
            .orElseThrow(() -> failures.damaged(manifest.name(), version));
    try (SecretBytes material = SecretBytes.takeOver(reading.key().open(section))) {
      LocalKey key = LocalKey.decode(manifest.algorithm(), material, random);
      if (!key.publicKey().equals(version.publicKey())) {
        key.close();
        throw failures.damaged(manifest.name(), version);
      }
      return key;
    } catch (IOException | EnclaveException e) {
      throw failures.damaged(manifest.name(), version);
    }
  }

  /** The record with another manifest, under the same data key. */
  SealedRecord changed(Reading reading, Manifest changed) throws SupersededException {
    return reading.sealed().with(manifest(reading.key(), changed), labels(changed)::contains);
  }

  private Section manifest(RecordKey key, Manifest manifest) throws SupersededException {
    return key.seal(SealedRecord.MANIFEST, ManifestCodec.encode(manifest), random);
  }

  /**
   * A whole record.
   *
   * @param keys the private halves, by the section of their version; stay the caller's
   */
  SealedRecord whole(RecordKey key, Manifest manifest, Map<String, LocalKey> keys)
      throws SupersededException {
    List<Section> sections = new ArrayList<>(List.of(manifest(key, manifest)));
    for (VersionEntry version : living(manifest)) {
      sections.add(sealed(key, version, Objects.requireNonNull(keys.get(version.section()))));
    }
    return key.record(sections);
  }

  private Section sealed(RecordKey key, VersionEntry version, LocalKey half)
      throws SupersededException {
    try (SecretBytes material = half.encode()) {
      byte[] secret = material.exposeSecret();
      try {
        return key.seal(version.section(), secret, random);
      } finally {
        Arrays.fill(secret, (byte) 0);
      }
    }
  }

  /** A whole record of what was read and of what is new, under another data key. */
  SealedRecord resealed(
      RecordKey key, Reading reading, Manifest manifest, Map<String, LocalKey> added)
      throws BackendFailure, SupersededException {
    List<Section> sections = new ArrayList<>(List.of(manifest(key, manifest)));
    for (VersionEntry version : living(manifest)) {
      LocalKey half = added.get(version.section());
      sections.add(half != null ? sealed(key, version, half) : moved(key, reading, version));
    }
    return key.record(sections);
  }

  private Section moved(RecordKey key, Reading reading, VersionEntry version)
      throws BackendFailure, SupersededException {
    // Not without a look at it: what is damaged is not to be sealed as if it were whole.
    try (LocalKey half = privateKey(reading, version)) {
      return sealed(key, version, half);
    }
  }

  static Map<String, LocalKey> bySection(List<VersionEntry> versions, List<LocalKey> keys) {
    return versions.stream()
        .collect(Collectors.toMap(VersionEntry::section, v -> keys.get(versions.indexOf(v))));
  }
}

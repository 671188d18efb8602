package dev.enclave.crypto.internal.backup;

import static dev.enclave.crypto.internal.backup.BackupAttribute.ALGORITHM;
import static dev.enclave.crypto.internal.backup.BackupAttribute.BLOCK;
import static dev.enclave.crypto.internal.backup.BackupAttribute.BLOCKS;
import static dev.enclave.crypto.internal.backup.BackupAttribute.CREATED_AT;
import static dev.enclave.crypto.internal.backup.BackupAttribute.DESTROYED;
import static dev.enclave.crypto.internal.backup.BackupAttribute.FORMAT;
import static dev.enclave.crypto.internal.backup.BackupAttribute.NAME;
import static dev.enclave.crypto.internal.backup.BackupAttribute.PLACE;
import static dev.enclave.crypto.internal.backup.BackupAttribute.ROTATION;
import static dev.enclave.crypto.internal.backup.BackupAttribute.STAMP;
import static dev.enclave.crypto.internal.backup.BackupAttribute.STATE;
import static dev.enclave.crypto.internal.backup.BackupAttribute.VERSION;

import dev.enclave.Bytes;
import dev.enclave.KeyState;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.KeyBackup;
import dev.enclave.crypto.internal.choice.Materials;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes keys as backups. */
public final class BackupWriter {

  /** The format this class writes and {@link BackupReader} reads. */
  static final String CURRENT_FORMAT = "1";

  private final ExportedKey key;
  private final SecureRandom random;

  public BackupWriter(ExportedKey key, SecureRandom random) {
    this.key = key;
    this.random = random;
  }

  /** The backup under a password, which stays the caller's. */
  public KeyBackup write(byte[] password, KeyBackup.Derivation derivation) {
    try (BackupKeys keys = BackupKeys.generate(password, derivation, random)) {
      return write(keys);
    }
  }

  /** The same under keys that are derived already, which stay the caller's. */
  public KeyBackup write(BackupKeys keys) {
    List<Version> versions = inOrderOfBlocks();
    if (versions.isEmpty()) {
      throw Texts.ALL_VERSIONS_DESTROYED.as(ErrorCode.KEY_NOT_ACTIVE, key.name());
    }
    List<Bytes> blocks = new ArrayList<>();
    for (Version version : versions) {
      Map<BackupAttribute, String> attributes = attributes(version);
      attributes.put(BLOCK, Integer.toString(blocks.size() + 1));
      attributes.put(BLOCKS, Integer.toString(versions.size()));
      if (blocks.isEmpty()) {
        destroyed().ifPresent(lines -> attributes.put(DESTROYED, lines));
      }
      blocks.add(block(keys, version, attributes));
    }
    return KeyBackup.of(blocks);
  }

  /** The one that counts first, since other tools read the first block only; then newest first. */
  private List<Version> inOrderOfBlocks() {
    List<Version> kept =
        new ArrayList<>(key.versions().stream().filter(v -> v.material().isPresent()).toList());
    Collections.reverse(kept);
    return kept.stream().sorted((a, b) -> Boolean.compare(isActive(b), isActive(a))).toList();
  }

  private static boolean isActive(Version version) {
    return version.state() == KeyState.ACTIVE;
  }

  private Map<BackupAttribute, String> attributes(Version version) {
    Map<BackupAttribute, String> attributes = new EnumMap<>(BackupAttribute.class);
    attributes.put(FORMAT, CURRENT_FORMAT);
    attributes.put(NAME, key.name().value());
    attributes.put(ALGORITHM, key.algorithm().name());
    key.stamp().ifPresent(stamp -> attributes.put(STAMP, stamp.name()));
    attributes.put(ROTATION, key.rotation().toString());
    attributes.put(VERSION, version.id().value());
    attributes.put(STATE, version.state().name());
    attributes.put(CREATED_AT, version.createdAt().toString());
    attributes.put(PLACE, Integer.toString(place(version)));
    return attributes;
  }

  private int place(Version version) {
    return key.versions().indexOf(version) + 1;
  }

  private Optional<String> destroyed() {
    String lines =
        key.versions().stream()
            .filter(version -> version.state() == KeyState.DESTROYED)
            .map(version -> DestroyedVersion.line(place(version), version))
            .collect(Collectors.joining("\n"));
    return lines.isEmpty() ? Optional.empty() : Optional.of(lines);
  }

  private Bytes block(BackupKeys keys, Version version, Map<BackupAttribute, String> attributes) {
    AttributedKey plain = attributed(version, attributes);
    byte[] encoded = plain.authenticatedBy(Optional.of(keys.authenticator(plain))).encode();
    try {
      return Bytes.of(keys.encrypt(encoded, random).encode());
    } finally {
      plain.destroy();
      Arrays.fill(encoded, (byte) 0);
    }
  }

  /** Through the key itself, so that what is written is what can be read. */
  private AttributedKey attributed(Version version, Map<BackupAttribute, String> attributes) {
    KeyMaterial material =
        Materials.decode(key.algorithm(), version.material().orElseThrow(), random);
    try (SecretBytes canonical = material.encode()) {
      if (!material.publicKey().equals(version.publicKey())) {
        throw new IllegalArgumentException(
            "version " + version.id() + " has another private key than its public key says");
      }
      return canonical.use(
          exposed ->
              key.algorithm() == WrappingAlgorithm.AES_256_GCM
                  ? AttributedKey.ofSecret(exposed, attributes)
                  : AttributedKey.of(exposed, attributes));
    } catch (DerException e) {
      throw new IllegalStateException("a key's own encoding is not PKCS#8", e);
    } finally {
      material.destroy();
    }
  }
}

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

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.internal.choice.Materials;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The opened blocks of one backup, each authentic by itself, put together to the key. */
final class BackupContent {

  private static final List<BackupAttribute> OF_THE_KEY =
      List.of(FORMAT, NAME, ALGORITHM, STAMP, ROTATION, BLOCKS);

  private final List<AttributedKey> blocks;
  private final SecureRandom random;

  BackupContent(List<AttributedKey> blocks, SecureRandom random) {
    this.blocks = blocks;
    this.random = random;
  }

  ExportedKey toKey(Optional<KeyAlgorithm> wanted) {
    requireWhole();
    ExportedKey key = parsed();
    if (wanted.isPresent() && wanted.get() != key.algorithm()) {
      key.close();
      throw Texts.BACKUP_OF_OTHER_ALGORITHM.as(
          ErrorCode.KEY_SPEC_MISMATCH, key.algorithm(), wanted.get());
    }
    return key;
  }

  private ExportedKey parsed() {
    List<Version> versions = new ArrayList<>();
    try {
      KeyAlgorithm algorithm = KeyAlgorithm.parse(required(ALGORITHM));
      versions.addAll(versions(algorithm));
      return ExportedKey.of(
          KeyName.of(required(NAME)),
          algorithm,
          RotationInterval.parse(required(ROTATION)),
          blocks.get(0).attribute(STAMP).map(EnvironmentType::valueOf),
          versions);
    } catch (DerException | EnclaveException | IllegalArgumentException | DateTimeException e) {
      versions.forEach(version -> version.material().ifPresent(SecretBytes::close));
      throw notUnderstood();
    }
  }

  private void requireWhole() {
    if (!required(FORMAT).equals(BackupWriter.CURRENT_FORMAT)) {
      throw notUnderstood();
    }
    String had = required(BLOCKS);
    if (!had.equals(Integer.toString(blocks.size()))) {
      throw InvalidBackups.changed(
          Texts.BLOCKS_LOST.with(
              had.matches("[0-9]{1,9}") ? had : Texts.ANOTHER_NUMBER_OF.with(), blocks.size()));
    }
    for (int i = 0; i < blocks.size(); i++) {
      AttributedKey block = blocks.get(i);
      if (!block.attribute(BLOCK).equals(Optional.of(Integer.toString(i + 1)))) {
        throw InvalidBackups.changed(Texts.BLOCKS_REORDERED.with());
      }
      if (OF_THE_KEY.stream()
          .anyMatch(a -> !block.attribute(a).equals(blocks.get(0).attribute(a)))) {
        throw InvalidBackups.changed(Texts.BLOCKS_OF_DIFFERENT_KEYS.with());
      }
    }
  }

  private List<Version> versions(KeyAlgorithm algorithm) throws DerException {
    List<PlacedVersion> placed = new ArrayList<>();
    try {
      for (String line :
          blocks.get(0).attribute(DESTROYED).map(l -> l.split("\n", -1)).orElse(new String[0])) {
        placed.add(DestroyedVersion.parse(line, algorithm));
      }
      for (AttributedKey block : blocks) {
        placed.add(version(block, algorithm));
      }
    } catch (DerException | RuntimeException e) {
      placed.forEach(p -> p.version().material().ifPresent(SecretBytes::close));
      throw e;
    }
    return placed.stream()
        .sorted(Comparator.comparingInt(PlacedVersion::place))
        .map(PlacedVersion::version)
        .toList();
  }

  private PlacedVersion version(AttributedKey block, KeyAlgorithm algorithm) {
    SecretBytes material = SecretBytes.takeOver(block.material());
    KeyMaterial key = decoded(algorithm, material);
    try {
      return new PlacedVersion(
          Integer.parseInt(required(block, PLACE)),
          Version.of(
              KeyVersionId.of(required(block, VERSION)),
              KeyState.valueOf(required(block, STATE)),
              Instant.parse(required(block, CREATED_AT)),
              key.publicKey(),
              Optional.of(material)));
    } catch (RuntimeException e) {
      material.close();
      throw e;
    } finally {
      key.destroy();
    }
  }

  private KeyMaterial decoded(KeyAlgorithm algorithm, SecretBytes material) {
    try {
      return Materials.decode(algorithm, material, random);
    } catch (EnclaveException e) {
      material.close();
      throw notUnderstood();
    }
  }

  private String required(BackupAttribute attribute) {
    return required(blocks.get(0), attribute);
  }

  private static String required(AttributedKey block, BackupAttribute attribute) {
    return block.attribute(attribute).orElseThrow(BackupContent::notUnderstood);
  }

  private static EnclaveException notUnderstood() {
    return InvalidBackups.invalid(Texts.NEWER_FORMAT.with());
  }
}

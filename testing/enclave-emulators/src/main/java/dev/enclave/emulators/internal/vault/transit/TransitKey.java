package dev.enclave.emulators.internal.vault.transit;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A key with all its versions ({@code sdk/helper/keysutil/policy.go}, Policy). Immutable.
 *
 * @param name of the key
 * @param traits what it was made with
 * @param limits which versions may do what
 * @param imported whether its newest version was imported
 * @param softDeleted OpenBao: refused until it is restored
 * @param deletionAllowed whether it can be deleted
 * @param autoRotate how old a version gets; zero for any age
 * @param versions from {@link Limits#available} on, by number
 */
record TransitKey(
    String name,
    Traits traits,
    Limits limits,
    boolean imported,
    boolean softDeleted,
    boolean deletionAllowed,
    Duration autoRotate,
    SortedMap<Integer, KeyVersion> versions) {

  /**
   * What a key is made with.
   *
   * @param type of the key
   * @param keySize in bytes, of HMAC keys; 0 for others
   * @param derived whether each context has a key of its own
   * @param convergent whether the same plaintext gives the same ciphertext
   * @param exportable whether versions can be exported
   * @param plaintextBackup whether it can be backed up
   * @param importedRotates whether an imported key may be rotated
   */
  record Traits(
      KeyType type,
      int keySize,
      boolean derived,
      boolean convergent,
      boolean exportable,
      boolean plaintextBackup,
      boolean importedRotates) {}

  /**
   * The smallest versions: that exist, that decrypt and verify, and that encrypt and sign; 0 for
   * none.
   */
  record Limits(int available, int decryption, int encryption) {}

  /** Without versions. */
  static TransitKey of(String name, Traits traits, boolean imported, Duration autoRotate) {
    return new TransitKey(
        name,
        traits,
        new Limits(0, 1, 0),
        imported,
        false,
        false,
        autoRotate,
        Collections.emptySortedMap());
  }

  KeyType type() {
    return traits.type();
  }

  int latest() {
    return versions.isEmpty() ? 0 : versions.lastKey();
  }

  /** A version that may be used at all: older ones are in the archive. */
  Optional<KeyVersion> version(int number) {
    return number < limits.decryption()
        ? Optional.empty()
        : Optional.ofNullable(versions.get(number));
  }

  TransitKey withVersion(KeyVersion version, boolean newImported) {
    SortedMap<Integer, KeyVersion> more = new TreeMap<>(versions);
    more.put(latest() + 1, version);
    return new TransitKey(
        name,
        traits,
        limits,
        newImported,
        softDeleted,
        deletionAllowed,
        autoRotate,
        Collections.unmodifiableSortedMap(more));
  }

  TransitKey softDeleted(boolean deleted) {
    return new TransitKey(
        name, traits, limits, imported, deleted, deletionAllowed, autoRotate, versions);
  }

  TransitKey with(Traits newTraits, Limits newLimits, boolean deletable, Duration rotation) {
    return new TransitKey(
        name, newTraits, newLimits, imported, softDeleted, deletable, rotation, versions);
  }

  /** Without the versions below one, for ever. */
  TransitKey trimmed(int available) {
    return new TransitKey(
        name,
        traits,
        new Limits(available, limits.decryption(), limits.encryption()),
        imported,
        softDeleted,
        deletionAllowed,
        autoRotate,
        Collections.unmodifiableSortedMap(new TreeMap<>(versions.tailMap(available))));
  }

  /** Whether its newest version is older than it may get. */
  boolean isDue(Instant now) {
    KeyVersion newest = versions.get(latest());
    return !autoRotate.isZero() && newest != null && now.isAfter(newest.created().plus(autoRotate));
  }

  /** {@code path_keys.go}, formatKeyPolicy. */
  Map<String, @Nullable Object> answer(boolean openBao, Optional<byte[]> context) {
    KeyType type = type();
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("name", name);
    data.put("type", type.title());
    data.put("derived", traits.derived());
    data.put("deletion_allowed", deletionAllowed);
    data.put("min_available_version", limits.available());
    data.put("min_decryption_version", limits.decryption());
    data.put("min_encryption_version", limits.encryption());
    data.put("latest_version", latest());
    data.put("exportable", traits.exportable());
    data.put("allow_plaintext_backup", traits.plaintextBackup());
    data.put("supports_encryption", type.encrypts());
    data.put("supports_decryption", type.encrypts());
    data.put("supports_signing", type.signs());
    data.put("supports_derivation", type.derives());
    data.put("auto_rotate_period", autoRotate.toSeconds());
    data.put("imported_key", imported);
    if (openBao) {
      data.put("soft_deleted", softDeleted);
    }
    if (traits.keySize() != 0) {
      data.put("key_size", traits.keySize());
    }
    if (imported) {
      data.put("imported_key_allow_rotation", traits.importedRotates());
    }
    if (traits.derived()) {
      data.put("kdf", "hkdf_sha256");
      data.put("convergent_encryption", traits.convergent());
      if (traits.convergent()) {
        data.put("convergent_encryption_version", -1);
      }
    }
    if (type != KeyType.HMAC && type != KeyType.MANAGED_KEY) {
      Map<String, @Nullable Object> keys = new LinkedHashMap<>();
      versions
          .tailMap(limits.decryption())
          .forEach((number, version) -> keys.put(number.toString(), answer(version, context)));
      data.put("keys", keys);
    }
    return data;
  }

  private Object answer(KeyVersion version, Optional<byte[]> context) {
    if (type().symmetric()) {
      return version.created().getEpochSecond();
    }
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("name", type().versionName());
    data.put(
        "public_key",
        !traits.derived()
            ? version.publicKey()
            : context.map(given -> Derivation.publicKey(version, given)).orElse(""));
    data.put("certificate_chain", "");
    data.put("creation_time", version.created().toString());
    return data;
  }
}

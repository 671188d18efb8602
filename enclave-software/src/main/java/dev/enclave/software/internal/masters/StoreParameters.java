package dev.enclave.software.internal.masters;

import dev.enclave.Bytes;
import dev.enclave.crypto.PasswordKey;
import dev.enclave.error.UsageException;
import dev.enclave.kit.json.Json;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * What {@code store.json} says: which store this is, its master keys, sealed, and how the key they
 * are sealed under comes about. Not secret.
 *
 * @param storeId random, 16 bytes in hexadecimal
 * @param protection where the key that seals the master keys comes from
 * @param salt for Argon2id (RFC 9106); empty without a passphrase
 * @param memoryKib Argon2id memory in KiB; 0 without a passphrase
 * @param iterations Argon2id passes; 0 without a passphrase
 * @param parallelism Argon2id lanes; 0 without a passphrase
 * @param masterKeys the ids of the master keys; files are sealed under the first, further ones are
 *     there while a reseal is unfinished
 * @param sealed the master keys in this order, after this object without {@code sealed}: so a wrong
 *     passphrase is told from a damaged file, and no byte changes unnoticed
 */
public record StoreParameters(
    String storeId,
    Protection protection,
    Bytes salt,
    int memoryKib,
    int iterations,
    int parallelism,
    List<String> masterKeys,
    Bytes sealed) {

  public StoreParameters {
    masterKeys = List.copyOf(masterKeys);
  }

  /** Where the key that seals the master keys comes from. */
  public enum Protection {
    PASSPHRASE,
    KEY_FILE,
    /** The operating system's store for secrets. */
    OS_STORE
  }

  private static final int FORMAT = 1;
  private static final int LONGEST_FILE = 1 << 20;

  StoreParameters withSealed(Bytes newSealed) {
    return new StoreParameters(
        storeId, protection, salt, memoryKib, iterations, parallelism, masterKeys, newSealed);
  }

  StoreParameters withMasterKeys(List<String> ids) {
    return new StoreParameters(
        storeId, protection, salt, memoryKib, iterations, parallelism, ids, Bytes.empty());
  }

  /** The id of the master key that files are sealed under. */
  public String current() {
    return masterKeys.get(0);
  }

  public boolean resealUnfinished() {
    return masterKeys.size() > 1;
  }

  public byte[] render() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("format", FORMAT);
    object.put("storeId", storeId);
    object.put("protection", protection);
    object.put("salt", salt.toHex());
    object.put("memoryKib", memoryKib);
    object.put("iterations", iterations);
    object.put("parallelism", parallelism);
    object.put("masterKeys", String.join(" ", masterKeys));
    object.put("sealed", sealed.toHex());
    CRC32 crc = new CRC32();
    crc.update(Json.write(object));
    object.put("crc32", crc.getValue());
    return Json.write(object);
  }

  /**
   * Those of the store that lies there.
   *
   * @throws IOException when its file is missing, or cannot be read
   */
  public static StoreParameters read(SecureFiles files, StoreLayout layout)
      throws IOException, BackendFailure {
    return parse(files.read(layout.parameters(), LONGEST_FILE), layout.parameters());
  }

  /** The same; none where the file is missing. */
  public static Optional<StoreParameters> find(SecureFiles files, StoreLayout layout)
      throws BackendFailure {
    try {
      return Optional.of(read(files, layout));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.parameters(), e);
    }
  }

  /** Reads what {@link #render} wrote, byte for byte. */
  public static StoreParameters parse(byte[] content, Path file) throws BackendFailure {
    StoreParameters parameters;
    int format;
    try {
      Map<String, Object> object = Json.read(content);
      format = Json.integer(object, "format");
      parameters =
          new StoreParameters(
              Json.string(object, "storeId"),
              Protection.valueOf(Json.string(object, "protection")),
              Bytes.ofHex(Json.string(object, "salt")),
              Json.integer(object, "memoryKib"),
              Json.integer(object, "iterations"),
              Json.integer(object, "parallelism"),
              List.of(Json.string(object, "masterKeys").split(" ", -1)),
              Bytes.ofHex(Json.string(object, "sealed")));
    } catch (IOException | IllegalArgumentException | UsageException e) {
      throw damaged(file);
    }
    if (format > FORMAT) {
      throw Texts.FORMAT_UNKNOWN
          .permanent(FailureCode.REFUSED, file, format)
          .naming(file.toString());
    }
    if (!Arrays.equals(parameters.render(), content)) {
      throw damaged(file);
    }
    parameters.requireAffordable(file);
    return parameters;
  }

  // The parameters are used before they can be authenticated: they must not exhaust the machine.
  private void requireAffordable(Path file) throws BackendFailure {
    if (protection != Protection.PASSPHRASE) {
      return;
    }
    try {
      PasswordKey.requireAffordable(memoryKib, iterations, parallelism);
    } catch (UsageException e) {
      throw Texts.ARGON_PARAMETERS
          .permanent(FailureCode.CORRUPT, file, memoryKib, iterations, parallelism)
          .naming(file.toString());
    }
  }

  /** A file that the whole store depends on is damaged. */
  static BackendFailure damaged(Path file) {
    return Texts.PARAMETERS_DAMAGED.permanent(FailureCode.CORRUPT, file).naming(file.toString());
  }
}

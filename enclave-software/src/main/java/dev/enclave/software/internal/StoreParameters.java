package dev.enclave.software.internal;

import dev.enclave.Bytes;
import dev.enclave.UsageException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * What {@code store.json} says: which store this is and how its master key comes about. Not secret.
 *
 * @param storeId random, 16 bytes in hexadecimal
 * @param protection where the master key comes from
 * @param salt for Argon2id (RFC 9106); empty for a key file
 * @param memoryKib Argon2id memory in KiB; 0 for a key file
 * @param iterations Argon2id passes; 0 for a key file
 * @param parallelism Argon2id lanes; 0 for a key file
 * @param check this object without {@code check}, sealed under the master key: tells a wrong
 *     passphrase from a damaged file
 */
record StoreParameters(
    String storeId,
    Protection protection,
    Bytes salt,
    int memoryKib,
    int iterations,
    int parallelism,
    Bytes check) {

  /** Where the master key comes from. */
  enum Protection {
    PASSPHRASE,
    KEY_FILE
  }

  /** RFC 9106 §4, second recommendation, with one lane: ours is computed on one thread. */
  static final int MEMORY_KIB = 65_536;

  static final int ITERATIONS = 3;
  static final int PARALLELISM = 1;

  private static final int FORMAT = 1;
  private static final int MOST_MEMORY_KIB = 1 << 20;
  private static final int MOST_WORK = 64;

  StoreParameters withCheck(Bytes newCheck) {
    return new StoreParameters(
        storeId, protection, salt, memoryKib, iterations, parallelism, newCheck);
  }

  byte[] render() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("format", FORMAT);
    object.put("storeId", storeId);
    object.put("protection", protection);
    object.put("salt", salt.toHex());
    object.put("memoryKib", memoryKib);
    object.put("iterations", iterations);
    object.put("parallelism", parallelism);
    object.put("check", check.toHex());
    CRC32 crc = new CRC32();
    crc.update(Json.render(object));
    object.put("crc32", crc.getValue());
    return Json.render(object);
  }

  /** Reads what {@link #render} wrote, byte for byte. */
  static StoreParameters parse(byte[] content, Path file) throws BackendFailure {
    StoreParameters parameters;
    int format;
    try {
      Map<String, Object> object = Json.parse(content);
      format = Json.integer(object, "format");
      parameters =
          new StoreParameters(
              Json.text(object, "storeId"),
              Protection.valueOf(Json.text(object, "protection")),
              Bytes.ofHex(Json.text(object, "salt")),
              Json.integer(object, "memoryKib"),
              Json.integer(object, "iterations"),
              Json.integer(object, "parallelism"),
              Bytes.ofHex(Json.text(object, "check")));
    } catch (IOException | IllegalArgumentException | UsageException e) {
      throw damaged(file);
    }
    if (format > FORMAT) {
      throw BackendFailure.permanent(
          FailureCode.REFUSED,
          file + " has format " + format + " but this Enclave knows 1. Use a newer Enclave.");
    }
    if (!Arrays.equals(parameters.render(), content) || !parameters.affordable()) {
      throw damaged(file);
    }
    return parameters;
  }

  // The parameters are used before they can be authenticated: they must not exhaust the machine.
  private boolean affordable() {
    return memoryKib <= MOST_MEMORY_KIB && iterations <= MOST_WORK && parallelism <= MOST_WORK;
  }

  /** A file that the whole store depends on is damaged. */
  static BackendFailure damaged(Path file) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "File "
            + file
            + " is damaged or was changed. Restore it from a backup; no key can be used without"
            + " it.");
  }
}

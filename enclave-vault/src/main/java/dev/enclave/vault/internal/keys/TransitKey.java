package dev.enclave.vault.internal.keys;

import dev.enclave.KeyOrigin;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.KeyDocument.Made;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.StoredText;
import dev.enclave.spi.BackendFailure;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.texts.Texts;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A key as the Transit engine describes it.
 *
 * @param latest the number of its last version
 * @param least the least number that may be used for everything
 * @param kept the least number whose material is there
 * @param exportable whether its private half may be read, by an export or a backup
 * @param derived whether each use derives a key of its own, so that it has no public key
 * @param softDeleted whether OpenBao refuses its use until it is restored
 * @param versions what is told of those that are not put away, by their numbers
 */
record TransitKey(
    String name,
    String type,
    int latest,
    int least,
    int kept,
    boolean exportable,
    boolean derived,
    boolean softDeleted,
    KeyOrigin origin,
    Map<String, Object> versions) {

  /**
   * Reads an answer.
   *
   * @param name of the key that was asked for
   * @throws BackendFailure when it describes another one or none
   */
  static TransitKey of(String name, Map<String, Object> data) throws BackendFailure {
    try {
      if (!Json.string(data, "name").equals(name)) {
        throw VaultCalls.REFUSALS.wrongAnswer(Texts.ANOTHER_KEY.with(name)).naming(name);
      }
      boolean imported = is(data, "imported_key");
      return new TransitKey(
          name,
          Json.string(data, "type"),
          Json.integer(data, "latest_version"),
          Math.max(
              Json.integer(data, "min_decryption_version"),
              Json.integer(data, "min_encryption_version")),
          data.containsKey("min_available_version")
              ? Json.integer(data, "min_available_version")
              : 0,
          may(data, "exportable") || may(data, "allow_plaintext_backup"),
          is(data, "derived"),
          is(data, "soft_deleted"),
          imported ? KeyOrigin.IMPORTED : KeyOrigin.GENERATED,
          Json.map(data, "keys"));
    } catch (IOException e) {
      throw VaultCalls.REFUSALS.wrongAnswer(Texts.NO_KEY_DESCRIBED.with(name)).naming(name);
    }
  }

  private static boolean is(Map<String, Object> data, String member) {
    return Boolean.TRUE.equals(data.get(member));
  }

  /** Whether a property that weakens it is said to be anything but false. */
  private static boolean may(Map<String, Object> data, String property) {
    return !Boolean.FALSE.equals(data.getOrDefault(property, false));
  }

  /** What it tells of a version; nothing where that is put away. */
  Optional<Made> made(int number) throws BackendFailure {
    Object told = versions.get(Integer.toString(number));
    return told == null
        ? Optional.empty()
        : Optional.of(
            told instanceof Map<?, ?>
                ? new Made(time(Json.text(told, "creation_time")), Json.text(told, "public_key"))
                : new Made(time(told.toString()), ""));
  }

  private static Instant time(String text) throws BackendFailure {
    try {
      return text.matches("[0-9]{1,12}")
          ? Instant.ofEpochSecond(Long.parseLong(text))
          : Instant.parse(text);
    } catch (DateTimeException e) {
      throw VaultCalls.REFUSALS.wrongAnswer(Texts.NO_TIME.with());
    }
  }

  /** The same of the oldest version that is not put away. */
  Optional<Made> first() throws BackendFailure {
    Optional<Integer> first =
        versions.keySet().stream()
            .map(StoredText::number)
            .filter(number -> number > 0)
            .min(Integer::compare);
    return first.isPresent() ? made(first.get()) : Optional.empty();
  }

  /** Whether a version may be used. */
  Material material(int number) {
    return number < kept
        ? Material.GONE
        : number > latest
            ? Material.PENDING
            : number < least || softDeleted ? Material.OFF : Material.ON;
  }
}

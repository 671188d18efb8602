package dev.enclave.vault.internal.keys;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import dev.enclave.kit.key.StoredText;
import dev.enclave.vault.internal.settings.VaultSettings;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where keys lie, and what they are called there. Each version of a key is a Transit key of its
 * own, {@code PATH.NAME.} and 28 hexadecimal digits: 8 of the place of its document, 20 of the
 * operation that made it. So whoever repeats an operation makes no second key, two operations never
 * share one, and places that share a Transit mount take nothing of each other for a leftover.
 *
 * @param transit the mount of the Transit engine
 * @param kv the mount of the key-value store
 * @param path below which documents lie in it
 */
record VaultPlace(String transit, String kv, String path) {

  private static final int PLACE_BYTES = 4;
  private static final int OPERATION_BYTES = 10;

  /** A version of a Transit key by Enclave's own name for it. */
  private static final Pattern VERSION =
      Pattern.compile(
          "(.{1,128})/keys/([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,254}[A-Za-z0-9_])?)/([1-9][0-9]{0,4})");

  /**
   * A version of a Transit key.
   *
   * @param key its name in the mount
   * @param number of the version, from 1
   */
  record TransitVersion(String key, int number) {}

  static VaultPlace of(VaultSettings settings) {
    return new VaultPlace(settings.transit(), settings.kv(), settings.path());
  }

  /** The path of a key's document, below {@code data/}. */
  String document(KeyName name) {
    return kv + "/data/" + path + "/keys/" + name;
  }

  String documents() {
    return kv + "/metadata/" + path + "/keys";
  }

  /** The path of the note that a key is being restored; {@code part} is data or metadata. */
  String restoring(String part, KeyName name) {
    return kv + "/" + part + "/" + path + "/restoring/" + name;
  }

  String restoring() {
    return kv + "/metadata/" + path + "/restoring";
  }

  String key(String transitKey) {
    return transit + "/keys/" + transitKey;
  }

  /** What an operation's private key is called. */
  String transitKey(KeyName name, String unit) {
    return before() + name + after() + hex(name + "/" + unit, OPERATION_BYTES);
  }

  /** What the names of all Transit keys begin with. */
  private String before() {
    return path.replace('/', '.') + ".";
  }

  /** What stands between the name of a key and the operation's digits. */
  private String after() {
    return "." + hex(kv + "/" + path, PLACE_BYTES);
  }

  private static String hex(String text, int bytes) {
    byte[] digest =
        Hashing.digest(DigestAlgorithm.SHA_256, Message.ofUtf8(text)).value().toByteArray();
    return HexFormat.of().formatHex(digest, 0, bytes);
  }

  /** The key whose private key may be called so, by its form alone. */
  Optional<KeyName> nameOf(String transitKey) {
    int begin = before().length();
    int end = transitKey.length() - after().length() - 2 * OPERATION_BYTES;
    return end > begin && transitKey.startsWith(before()) && transitKey.startsWith(after(), end)
        ? StoredText.name(transitKey.substring(begin, end))
        : Optional.empty();
  }

  /** Enclave's name of a version of a Transit key: its path and its number. */
  String uri(String transitKey, int number) {
    return key(transitKey) + "/" + number;
  }

  /** Reads {@link #uri}; nothing where it is of another mount. */
  Optional<TransitVersion> version(String uri) {
    Matcher matcher = VERSION.matcher(uri);
    return matcher.matches() && matcher.group(1).equals(transit)
        ? Optional.of(new TransitVersion(matcher.group(2), Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }
}

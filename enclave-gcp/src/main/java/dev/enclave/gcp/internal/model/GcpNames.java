package dev.enclave.gcp.internal.model;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import dev.enclave.kit.key.StoredText;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resource names of Cloud KMS. */
public final class GcpNames {

  /** A project's id or number, domain-scoped ones included. */
  private static final String PROJECT = "[a-z0-9][a-z0-9.:-]{0,99}";

  private static final String RING =
      "projects/" + PROJECT + "/locations/[a-z0-9-]{1,63}/keyRings/[A-Za-z0-9_-]{1,63}";

  private static final Pattern KEY_RING = Pattern.compile(RING);

  private static final Pattern KEY =
      Pattern.compile("(" + RING + ")/cryptoKeys/([A-Za-z0-9_-]{1,63})");

  private static final Pattern VERSION =
      Pattern.compile("(" + KEY.pattern() + ")/cryptoKeyVersions/([1-9][0-9]{0,8})");

  /** No key of Enclave's has an underscore in its name, so that no record is taken for a key. */
  private static final String RECORD = "_act_";

  private static final String OPERATION = "enclave_op_";
  private static final int OPERATION_BYTES = 16;

  private GcpNames() {}

  public static boolean isKeyRing(String name) {
    return KEY_RING.matcher(name).matches();
  }

  public static boolean isKey(String name) {
    return KEY.matcher(name).matches();
  }

  public static boolean isVersion(String name) {
    return VERSION.matcher(name).matches();
  }

  public static String key(String keyRing, String id) {
    return keyRing + "/cryptoKeys/" + id;
  }

  public static String version(String key, int number) {
    return key + "/cryptoKeyVersions/" + number;
  }

  /** The CryptoKeyId of the record of an activation. */
  public static String recordId(KeyName name, int number) {
    return name + RECORD + number;
  }

  /**
   * The CryptoKeyId of the record that an operation on a key has begun: of a fixed length, since a
   * name and an operation's id together may be longer than such an id.
   */
  public static String operationId(KeyName name, String operationId) {
    byte[] digest =
        Hashing.digest(DigestAlgorithm.SHA_256, Message.ofUtf8(name + "/" + operationId))
            .value()
            .toByteArray();
    return OPERATION + HexFormat.of().formatHex(digest, 0, OPERATION_BYTES);
  }

  /** The CryptoKeyId of a key or version; empty for anything else. */
  public static String idOf(String name) {
    Matcher key = KEY.matcher(keyOf(name));
    return key.matches() ? key.group(2) : "";
  }

  /** The name that a CryptoKey can be of a key of Enclave's by; nothing for a record. */
  public static Optional<KeyName> keyName(String name) {
    return StoredText.name(idOf(name));
  }

  /** The key of a version; a key itself as it is. */
  public static String keyOf(String name) {
    Matcher version = VERSION.matcher(name);
    return version.matches() ? version.group(1) : name;
  }

  /** Versions are numbers: 9 comes before 10. */
  public static OptionalInt numberOf(String versionName) {
    Matcher version = VERSION.matcher(versionName);
    return version.matches()
        ? OptionalInt.of(Integer.parseInt(version.group(4)))
        : OptionalInt.empty();
  }

  /** The version's id here: its number. */
  public static Optional<KeyVersionId> idOfVersion(String versionName) {
    OptionalInt number = numberOf(versionName);
    return number.isPresent()
        ? Optional.of(KeyVersionId.of(Integer.toString(number.getAsInt())))
        : Optional.empty();
  }

  /** Whether the name of some version is that one's. */
  public static boolean endsWith(String versionName, KeyVersionId id) {
    int slash = versionName.lastIndexOf('/');
    return versionName.length() - slash - 1 == id.value().length()
        && versionName.endsWith(id.value());
  }

  /** Whether this is the name of that very version. */
  public static boolean names(String versionName, KeyVersionId id) {
    return idOfVersion(versionName).filter(id::equals).isPresent();
  }
}

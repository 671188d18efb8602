package dev.enclave.gcp.internal;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resource names of Cloud KMS. */
public final class GcpNames {

  /** Of a key ring; a project is an id or a number, or scoped by a domain. */
  static final Pattern KEY_RING =
      Pattern.compile(
          "projects/[a-z0-9][a-z0-9.:-]{0,99}/locations/[a-z0-9-]{1,63}"
              + "/keyRings/[A-Za-z0-9_-]{1,63}");

  private static final Pattern NAME =
      Pattern.compile(
          KEY_RING + "/cryptoKeys/([A-Za-z0-9_-]{1,63})(?:/cryptoKeyVersions/([1-9][0-9]{0,8}))?");

  private GcpNames() {}

  public static boolean isVersion(String name) {
    return idOfVersion(name).isPresent();
  }

  /** Whether this is the name of a version of that key. */
  public static boolean isVersion(String name, String key) {
    return isVersion(name) && keyOf(name).equals(key);
  }

  public static String key(String keyRing, String id) {
    return keyRing + "/cryptoKeys/" + id;
  }

  /**
   * The CryptoKeyId of the record of an activation. No key of Enclave's has an underscore in its
   * name, so that no record is taken for a key.
   */
  public static String recordId(KeyName name, int number) {
    return name + "_act_" + number;
  }

  /**
   * The CryptoKeyId of the record that an operation on a key has begun: of a fixed length, since a
   * name and an operation's id together may be longer than such an id.
   */
  public static String operationId(KeyName name, String operationId) {
    Message both = Message.ofUtf8(name + "/" + operationId);
    byte[] digest = Hashing.digest(DigestAlgorithm.SHA_256, both).value().toByteArray();
    return "enclave_op_" + HexFormat.of().formatHex(digest, 0, 16);
  }

  /** The CryptoKeyId of a key or version; empty for anything else. */
  public static String idOf(String name) {
    return part(name, 1).orElse("");
  }

  private static Optional<String> part(String name, int group) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() ? Optional.ofNullable(matcher.group(group)) : Optional.empty();
  }

  /** The key of a version; a key itself as it is. */
  public static String keyOf(String name) {
    return isVersion(name) ? name.substring(0, name.indexOf("/cryptoKeyVersions/")) : name;
  }

  /** The version's id here: its number. */
  public static Optional<KeyVersionId> idOfVersion(String versionName) {
    return part(versionName, 2).map(KeyVersionId::of);
  }

  /** Whether this is the name of that very version. */
  public static boolean names(String versionName, KeyVersionId id) {
    return idOfVersion(versionName).filter(id::equals).isPresent();
  }
}

package dev.enclave.pkcs11.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.crypto.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * CKA_ID of a private key of Enclave's, 20 bytes: 12 of a digest of the key's name and the
 * operation, by which a repetition finds it; 4 with the time, in seconds since 1970; 4 of a digest
 * of the name and the 16 before, which nobody else's id has by chance.
 */
final class KeyId {

  private static final int OPERATION = 12;
  private static final int CHECKED = 16;
  private static final int LENGTH = 20;

  private KeyId() {}

  static byte[] of(KeyName name, String operation, Instant at) {
    byte[] checked =
        ByteBuffer.allocate(CHECKED)
            .put(operation(name, operation))
            .putInt((int) at.getEpochSecond())
            .array();
    return ByteBuffer.allocate(LENGTH).put(checked).put(check(name.value(), checked)).array();
  }

  private static byte[] operation(KeyName name, String operation) {
    return Arrays.copyOf(digest((name + "/" + operation).getBytes(StandardCharsets.UTF_8)), 12);
  }

  private static byte[] check(String name, byte[] checked) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer all = ByteBuffer.allocate(CHECKED + text.length).put(checked, 0, CHECKED).put(text);
    return Arrays.copyOf(digest(all.array()), LENGTH - CHECKED);
  }

  private static byte[] digest(byte[] octets) {
    return Hashing.sha256().digest(octets);
  }

  /** Whether it is the id of a private key of that name. */
  static boolean isOf(String name, byte[] id) {
    return id.length == LENGTH
        && MessageDigest.isEqual(check(name, id), Arrays.copyOfRange(id, CHECKED, LENGTH));
  }

  /** Whether it is of that operation. */
  static boolean isOf(KeyName name, String operation, byte[] id) {
    return isOf(name.value(), id)
        && Arrays.equals(id, 0, OPERATION, operation(name, operation), 0, OPERATION);
  }

  /** When the key was made, to the second. */
  static Instant time(byte[] id) {
    return Instant.ofEpochSecond(Integer.toUnsignedLong(ByteBuffer.wrap(id).getInt(OPERATION)));
  }

  /** As documents name the private key. */
  static String text(byte[] id) {
    return HexFormat.of().formatHex(id);
  }

  /** Reads {@link #text}; nothing where it is none. */
  static Optional<byte[]> parse(String text) {
    return text.matches("[0-9a-f]{40}")
        ? Optional.of(HexFormat.of().parseHex(text))
        : Optional.empty();
  }
}

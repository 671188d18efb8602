package dev.enclave.azure.internal.attest;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The attributes of a key as the HSM of a managed HSM lays them out ("Validate Azure Managed HSM
 * keys with key attestation" and its scripts, firmware 3): a header with the statement's size and
 * that of what follows the header, offsets of two bytes each, and an object, which is a handle, the
 * number of its attributes, its size and the attributes; an attribute is a type, a length and a
 * value. Numbers are big-endian. The HSM's signature ends the statement.
 */
final class MarvellStatement {

  /** The identifier of the version; its last two parts are name and version. */
  static final int ID = 0x0102;

  static final int EXTRACTABLE = 0x0162;

  /** PKCS #11 v3.0 §4.3.2, CKA_LOCAL: whether it was made in the HSM. */
  static final int LOCAL = 0x0163;

  static final int NEVER_EXTRACTABLE = 0x0164;

  static final int SIGNATURE_BYTES = 256;

  private static final int SIZES = 8;
  private static final int OFFSETS = 4;
  private static final int MOST_ATTRIBUTES = 200;

  private MarvellStatement() {}

  /** The attributes; nothing if it is laid out otherwise. */
  static Optional<Map<Integer, byte[]>> attributes(byte[] statement) {
    try {
      ByteBuffer all =
          ByteBuffer.wrap(statement, 0, Math.max(0, statement.length - SIGNATURE_BYTES));
      all.position(SIZES);
      int whole = all.getInt();
      int buffer = all.getInt();
      int start = Math.subtractExact(Math.subtractExact(whole, buffer), SIGNATURE_BYTES);
      all.position(Math.addExact(start, OFFSETS));
      all.position(Math.addExact(start, Short.toUnsignedInt(all.getShort())));
      return Optional.of(object(all));
    } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Map<Integer, byte[]> object(ByteBuffer all) {
    all.getInt();
    int count = all.getInt();
    all.getInt();
    if (count < 1 || count > MOST_ATTRIBUTES) {
      throw new IllegalArgumentException("no number of attributes");
    }
    Map<Integer, byte[]> attributes = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int type = all.getInt();
      int length = all.getInt();
      if (length < 0 || length > all.remaining()) {
        throw new IllegalArgumentException("no length of an attribute");
      }
      byte[] value = new byte[length];
      all.get(value);
      attributes.put(type, value);
    }
    return attributes;
  }
}

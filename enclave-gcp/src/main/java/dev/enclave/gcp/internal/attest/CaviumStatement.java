package dev.enclave.gcp.internal.attest;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The attributes of a key as its HSM lays them out ("Verifying attestations", Cloud KMS
 * documentation, and its scripts; statements that are public): an object is a handle, the number of
 * its attributes, its size, and the attributes; an attribute is a type, a length and a value.
 * Numbers are big-endian and of four bytes. The HSM's signature ends the statement.
 */
final class CaviumStatement {

  /** 128 hexadecimal digits, in ASCII. What they are the hash of is not published. */
  static final int ID = 0x0102;

  /** What an object is; {@link #PUBLIC_KEY} is one of them. */
  static final int CLASS = 0x0000;

  /** The modulus of an RSA key, the public point of one on a curve. */
  static final int MODULUS = 0x0120;

  static final int EXTRACTABLE = 0x0162;

  /** Whether it was made in the HSM. */
  static final int LOCAL = 0x0163;

  static final int NEVER_EXTRACTABLE = 0x0164;

  /** Extended key check value: SHA-256 of the public key, DER SubjectPublicKeyInfo. */
  static final int CHECK_VALUE = 0x1003;

  /** PKCS #11, CKO_PUBLIC_KEY. */
  static final int PUBLIC_KEY = 2;

  static final int SIGNATURE_BYTES = 256;

  /** Where the header of V2 has the lengths: of the whole, and of all from the offsets on. */
  private static final int TOTAL = 8;

  private static final int BODY = 12;

  /** Within the body, after two numbers of 16 bits. */
  private static final int OFFSETS = 4;

  private static final int MOST_ATTRIBUTES = 200;

  private CaviumStatement() {}

  /** Whether these bytes begin as a statement of V2 that is as long as it says. */
  static boolean isV2(byte[] statement) {
    return statement.length > BODY + Integer.BYTES + SIGNATURE_BYTES
        && ByteBuffer.wrap(statement).getInt(0) == 0
        && ByteBuffer.wrap(statement).getInt(TOTAL) == statement.length;
  }

  /**
   * The attributes of its objects: those of a key, or of the public and the private one of a pair.
   */
  static List<Map<Integer, byte[]>> objects(byte[] statement, boolean v2) {
    try {
      ByteBuffer all =
          ByteBuffer.wrap(statement, 0, Math.max(0, statement.length - SIGNATURE_BYTES));
      return v2 ? objectsOfV2(all) : List.of(object(all));
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return List.of();
    }
  }

  /**
   * V2: a header, a handle for each object, then 16-bit numbers of which two are the objects'
   * offsets, so that these begin at 32 for a pair and at 24 for a symmetric key.
   */
  private static List<Map<Integer, byte[]>> objectsOfV2(ByteBuffer all) {
    int body = all.getInt(TOTAL) - SIGNATURE_BYTES - all.getInt(BODY);
    all.position(body + OFFSETS);
    int first = Short.toUnsignedInt(all.getShort());
    int second = Short.toUnsignedInt(all.getShort());
    List<Map<Integer, byte[]>> objects = new ArrayList<>();
    for (int offset : second == 0 ? new int[] {first} : new int[] {first, second}) {
      all.position(body + offset);
      objects.add(object(all));
    }
    return objects;
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

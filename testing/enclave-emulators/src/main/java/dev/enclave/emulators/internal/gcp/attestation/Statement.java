package dev.enclave.emulators.internal.gcp.attestation;

import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.util.BigIntegers;

/**
 * The attributes of one key as the HSM lays them out, without its signature. "Verifying
 * attestations" tells of them only by its scripts: an object begins with a handle, the number of
 * its attributes and its size; an attribute is a type, a length and a value; numbers are big-endian
 * and of four bytes. In format V2 there come before: a response header, which ends with the lengths
 * of the whole and of what is between handles and signature; a handle of eight bytes for each
 * object; the offsets of the objects. 0x1003 is the SHA-256 of the public key, 0x0120 the modulus
 * of an RSA key or the public point of one on a curve, both in either object of a pair. 0x0102 has
 * 128 hexadecimal digits, in ASCII: so statements that are public have it.
 *
 * <p>Made up are the handles, what 0x0102 is the hash of, which attributes there are beside these,
 * and what an Ed25519 key's type is.
 */
final class Statement {

  private static final int CLASS = 0x0000;
  private static final int KEY_TYPE = 0x0100;
  private static final int ID = 0x0102;
  private static final int SIGN = 0x0108;
  private static final int VERIFY = 0x010a;
  private static final int MODULUS = 0x0120;
  private static final int EXTRACTABLE = 0x0162;
  private static final int LOCAL = 0x0163;
  private static final int NEVER_EXTRACTABLE = 0x0164;
  private static final int EXTENDED_CHECK_VALUE = 0x1003;

  // PKCS #11, CKO_ and CKK_ constants.
  private static final int PUBLIC_KEY = 2;
  private static final int PRIVATE_KEY = 3;
  private static final int SECRET_KEY = 4;
  private static final int RSA = 0x00;
  private static final int EC = 0x03;
  private static final int AES = 0x1f;
  private static final int EC_EDWARDS = 0x40;

  private static final int HEADER_BYTES = 16;

  /** Attributes and a signature were asked for. */
  private static final int FLAGS = 3;

  private static final int OFFSETS_BYTES = 8;
  private static final int FIRST_HANDLE = 0x100;
  private static final int SECOND_HANDLE = 0x101;

  private Statement() {}

  /**
   * The statement.
   *
   * @param generated whether the HSM made the key itself
   * @param signatureBytes how long the signature will be that follows
   */
  static byte[] of(String name, Material material, boolean generated, int signatureBytes) {
    boolean pair = material instanceof SigningMaterial;
    byte[] first =
        object(FIRST_HANDLE, attributes(name, material, pair ? PUBLIC_KEY : SECRET_KEY, generated));
    byte[] second =
        pair
            ? object(SECOND_HANDLE, attributes(name, material, PRIVATE_KEY, generated))
            : new byte[0];
    int handles = (pair ? 2 : 1) * Long.BYTES;
    int buffer = OFFSETS_BYTES + first.length + second.length;
    ByteBuffer statement = ByteBuffer.allocate(HEADER_BYTES + handles + buffer);
    statement
        .putInt(0)
        .putInt(FLAGS)
        .putInt(HEADER_BYTES + handles + buffer + signatureBytes)
        .putInt(buffer)
        .putLong(FIRST_HANDLE);
    if (pair) {
      statement.putLong(SECOND_HANDLE);
    }
    return statement
        .putShort((short) 1)
        .putShort((short) FLAGS)
        .putShort((short) OFFSETS_BYTES)
        .putShort((short) (pair ? OFFSETS_BYTES + first.length : 0))
        .put(first)
        .put(second)
        .array();
  }

  private static Map<Integer, byte[]> attributes(
      String name, Material material, int objectClass, boolean generated) {
    Map<Integer, byte[]> attributes = new LinkedHashMap<>();
    boolean isPublic = objectClass == PUBLIC_KEY;
    attributes.put(CLASS, new byte[] {(byte) objectClass});
    attributes.put(KEY_TYPE, new byte[] {(byte) keyType(material)});
    attributes.put(ID, id(name));
    attributes.put(SIGN, flag(objectClass == PRIVATE_KEY));
    attributes.put(VERIFY, flag(isPublic));
    attributes.put(EXTRACTABLE, flag(isPublic));
    attributes.put(LOCAL, flag(generated));
    attributes.put(NEVER_EXTRACTABLE, flag(!isPublic && generated));
    if (material instanceof SigningMaterial signing) {
      attributes.put(MODULUS, modulus(signing));
    }
    attributes.put(EXTENDED_CHECK_VALUE, material.fingerprint());
    return attributes;
  }

  private static byte[] id(String name) {
    return HexFormat.of()
        .formatHex(Hash.SHA_512.of(name.getBytes(StandardCharsets.UTF_8)))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] modulus(SigningMaterial material) {
    SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(material.publicKey());
    try {
      return material instanceof RsaMaterial
          ? BigIntegers.asUnsignedByteArray(
              RSAPublicKey.getInstance(key.parsePublicKey()).getModulus())
          : key.getPublicKeyData().getBytes();
    } catch (IOException e) {
      throw new IllegalStateException("A public key could not be read.");
    }
  }

  private static int keyType(Material material) {
    if (material instanceof RsaMaterial) {
      return RSA;
    }
    if (material instanceof EcMaterial) {
      return EC;
    }
    return material instanceof EdwardsMaterial ? EC_EDWARDS : AES;
  }

  private static byte[] object(int handle, Map<Integer, byte[]> attributes) {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    attributes.forEach(
        (type, value) -> {
          values.writeBytes(
              ByteBuffer.allocate(2 * Integer.BYTES).putInt(type).putInt(value.length).array());
          values.writeBytes(value);
        });
    return ByteBuffer.allocate(3 * Integer.BYTES + values.size())
        .putInt(handle)
        .putInt(attributes.size())
        .putInt(values.size())
        .put(values.toByteArray())
        .array();
  }

  private static byte[] flag(boolean value) {
    return new byte[] {(byte) (value ? 1 : 0)};
  }
}

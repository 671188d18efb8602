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
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.util.BigIntegers;

/**
 * The attributes of one key as the HSM lays them out, without its signature. "Verifying
 * attestations" tells of them only by its scripts: an object begins with a handle, the number of
 * its attributes and its size; an attribute is a type, a length and a value; numbers are big-endian
 * and of four bytes. In format V2 a response header, two handles and the offsets of the objects
 * come before. 0x0102 is the SHA-256 of the key version's name, 0x1003 that of the public key,
 * 0x0120 the modulus of an RSA key or the public point of one on a curve.
 *
 * <p>Made up are the handles, which attributes there are beside these, and what an Ed25519 key's
 * type is.
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

  private static final int HEADER_BYTES = 32;
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
    int buffer = OFFSETS_BYTES + first.length + second.length;
    return ByteBuffer.allocate(HEADER_BYTES + buffer)
        .putInt(0)
        .putInt(0)
        .putInt(HEADER_BYTES + buffer + signatureBytes)
        .putInt(buffer)
        .putLong(FIRST_HANDLE)
        .putLong(pair ? SECOND_HANDLE : 0)
        .putShort((short) 1)
        .putShort((short) 0)
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
    attributes.put(CLASS, number(objectClass));
    attributes.put(KEY_TYPE, number(keyType(material)));
    attributes.put(ID, Hash.SHA_256.of(name.getBytes(StandardCharsets.UTF_8)));
    attributes.put(SIGN, flag(objectClass == PRIVATE_KEY));
    attributes.put(VERIFY, flag(isPublic));
    attributes.put(EXTRACTABLE, flag(isPublic));
    attributes.put(LOCAL, flag(generated));
    attributes.put(NEVER_EXTRACTABLE, flag(!isPublic && generated));
    if (isPublic) {
      attributes.put(MODULUS, modulus((SigningMaterial) material));
    }
    attributes.put(EXTENDED_CHECK_VALUE, material.fingerprint());
    return attributes;
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

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  private static byte[] flag(boolean value) {
    return new byte[] {(byte) (value ? 1 : 0)};
  }
}

package dev.enclave.emulators.internal.azure.attestation;

import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The attestations of keys, as the scripts of "Validate Azure Managed HSM keys with key
 * attestation" read them for firmware 3: a header of which the third and fourth number are the
 * statement's size and that of what follows the header; four numbers of two bytes, of which the
 * third is the object's offset; the object: handle, number of attributes, size; each attribute a
 * type, a length and a value; the signature. Numbers are big-endian, of four bytes but where it
 * says two. "Asymmetric keys receive both public and private key attestation, whereas symmetric
 * keys receive only private key attestation."
 *
 * <p>Made up are handles, which attributes there are beside those that the scripts name, and what
 * comes before name and version in the key's identifier (0x0102).
 */
public final class Attestations {

  /** What the scripts know as the version of the whole. */
  public static final String VERSION = "MRVL-1";

  private static final int CLASS = 0x0000;
  private static final int KEY_TYPE = 0x0100;
  private static final int ID = 0x0102;
  private static final int SENSITIVE = 0x0103;
  private static final int EXTRACTABLE = 0x0162;
  private static final int LOCAL = 0x0163;
  private static final int NEVER_EXTRACTABLE = 0x0164;

  // PKCS #11, CKO_ and CKK_ constants, in one byte as the scripts compare them.
  private static final int PUBLIC_KEY = 2;
  private static final int PRIVATE_KEY = 3;
  private static final int SECRET_KEY = 4;
  private static final int RSA = 0x00;
  private static final int EC = 0x03;
  private static final int AES = 0x1f;

  private static final int HEADER_BYTES = 32;
  private static final int OFFSETS_BYTES = 8;
  private static final int SIGNATURE_BYTES = 256;
  private static final int HANDLE = 0x100;

  private final SecureRandom random;

  /** Of any HSM: the partition's certificates are the same for all servers of a process. */
  public Attestations(SecureRandom random) {
    this.random = random;
  }

  /** Its keys take a second, and tests start hundreds of servers. */
  private static final class Shared {
    static final Partition PARTITION = new Partition(new SecureRandom());
  }

  /** The certificate that the manufacturer's chain ends in, as PEM. */
  public static String root() {
    return Shared.PARTITION.root();
  }

  /** The certificates that go along, as PEM. */
  public String certificates() {
    return Shared.PARTITION.certificates();
  }

  /** On the private key of a pair, or on a symmetric key. */
  public byte[] ofPrivate(String kid, Material material, boolean generated) {
    boolean pair = material instanceof SigningMaterial;
    return signed(attributes(kid, material, pair ? PRIVATE_KEY : SECRET_KEY, generated));
  }

  /** On the public key of a pair. */
  public Optional<byte[]> ofPublic(String kid, Material material, boolean generated) {
    return material instanceof SigningMaterial
        ? Optional.of(signed(attributes(kid, material, PUBLIC_KEY, generated)))
        : Optional.empty();
  }

  private static Map<Integer, byte[]> attributes(
      String kid, Material material, int objectClass, boolean generated) {
    boolean secret = objectClass != PUBLIC_KEY;
    Map<Integer, byte[]> attributes = new LinkedHashMap<>();
    attributes.put(CLASS, number(objectClass));
    attributes.put(KEY_TYPE, number(keyType(material)));
    attributes.put(ID, kid.getBytes(StandardCharsets.UTF_8));
    attributes.put(SENSITIVE, flag(secret));
    attributes.put(EXTRACTABLE, flag(!secret));
    attributes.put(LOCAL, flag(generated));
    attributes.put(NEVER_EXTRACTABLE, flag(secret && generated));
    return attributes;
  }

  private static int keyType(Material material) {
    if (material instanceof RsaMaterial) {
      return RSA;
    }
    return material instanceof EcMaterial ? EC : AES;
  }

  private byte[] signed(Map<Integer, byte[]> attributes) {
    byte[] object = object(attributes);
    int buffer = OFFSETS_BYTES + object.length;
    byte[] statement =
        ByteBuffer.allocate(HEADER_BYTES + buffer)
            .putInt(0)
            .putInt(0)
            .putInt(HEADER_BYTES + buffer + SIGNATURE_BYTES)
            .putInt(buffer)
            .putLong(HANDLE)
            .putLong(0)
            .putShort((short) 1)
            .putShort((short) 0)
            .putShort((short) OFFSETS_BYTES)
            .putShort((short) 0)
            .put(object)
            .array();
    byte[] signature = Shared.PARTITION.sign(statement, random);
    return ByteBuffer.allocate(statement.length + signature.length)
        .put(statement)
        .put(signature)
        .array();
  }

  private static byte[] object(Map<Integer, byte[]> attributes) {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    attributes.forEach(
        (type, value) -> {
          values.writeBytes(
              ByteBuffer.allocate(2 * Integer.BYTES).putInt(type).putInt(value.length).array());
          values.writeBytes(value);
        });
    return ByteBuffer.allocate(3 * Integer.BYTES + values.size())
        .putInt(HANDLE)
        .putInt(attributes.size())
        .putInt(values.size())
        .put(values.toByteArray())
        .array();
  }

  private static byte[] number(int value) {
    return new byte[] {(byte) value};
  }

  private static byte[] flag(boolean value) {
    return number(value ? 1 : 0);
  }
}

package dev.enclave.emulators.internal.aws.kms.model;

import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A CiphertextBlob of a symmetric key. KMS Developer Guide, "SYMMETRIC_DEFAULT key spec":
 * AES-256-GCM, with metadata that identifies the key; the layout is nobody's business but the
 * service's, and this is our own: a version, the key id with its length, which of the key's
 * materials, nonce, ciphertext and tag.
 */
public final class Ciphertext {

  private static final int VERSION = 0xE1;

  private final String keyId;
  private final int material;
  private final byte[] head;
  private final byte[] sealed;

  private Ciphertext(String keyId, int material, byte[] head, byte[] sealed) {
    this.keyId = keyId;
    this.material = material;
    this.head = head;
    this.sealed = sealed;
  }

  public static byte[] seal(
      KmsKey key, byte[] plaintext, Map<String, String> context, SecureRandom random) {
    List<Material> materials = key.materials();
    int newest = materials.size() - 1;
    byte[] id = key.id().getBytes(StandardCharsets.US_ASCII);
    byte[] head = new byte[id.length + 3];
    head[0] = (byte) VERSION;
    head[1] = (byte) id.length;
    System.arraycopy(id, 0, head, 2, id.length);
    head[head.length - 1] = (byte) newest;
    byte[] sealed =
        ((SecretMaterial) materials.get(newest))
            .seal(plaintext, associatedData(head, context), random);
    byte[] blob = Arrays.copyOf(head, head.length + sealed.length);
    System.arraycopy(sealed, 0, blob, head.length, sealed.length);
    return blob;
  }

  /** Empty if {@code blob} is not of this layout. */
  public static Optional<Ciphertext> parse(byte[] blob) {
    if (blob.length < 3 || (blob[0] & 0xFF) != VERSION || blob.length < (blob[1] & 0xFF) + 3) {
      return Optional.empty();
    }
    int end = (blob[1] & 0xFF) + 3;
    return Optional.of(
        new Ciphertext(
            new String(blob, 2, end - 3, StandardCharsets.US_ASCII),
            blob[end - 1] & 0xFF,
            Arrays.copyOf(blob, end),
            Arrays.copyOfRange(blob, end, blob.length)));
  }

  public String keyId() {
    return keyId;
  }

  /** The plaintext; empty if ciphertext or context was changed. */
  public Optional<byte[]> open(KmsKey key, Map<String, String> context) {
    List<Material> materials = key.materials();
    if (material >= materials.size()) {
      return Optional.empty();
    }
    return ((SecretMaterial) materials.get(material)).open(sealed, associatedData(head, context));
  }

  /**
   * KMS Developer Guide, "Encryption context": additional authenticated data; the order of pairs
   * does not matter, case and content do.
   */
  private static byte[] associatedData(byte[] head, Map<String, String> context) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(head);
    new TreeMap<>(context)
        .forEach(
            (name, value) -> {
              append(data, name);
              append(data, value);
            });
    return data.toByteArray();
  }

  private static void append(ByteArrayOutputStream data, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    data.write(bytes.length >>> 8);
    data.write(bytes.length);
    data.writeBytes(bytes);
  }
}

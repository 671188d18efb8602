package dev.enclave.crypto.internal.backup;

import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.DerReader;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.ObjectId;
import dev.enclave.crypto.internal.texts.Texts;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * PrivateKeyInfo (RFC 5958 §2, version v1) with a backup's attributes: what the blocks of a backup
 * hold, encrypted. Its encoding is canonical, so the bytes are the authenticator's input.
 */
final class AttributedKey {

  private static final int ATTRIBUTES = 0xa0;

  private final byte[] identifier;
  private final byte[] key;
  private final Map<BackupAttribute, String> attributes;

  private AttributedKey(byte[] identifier, byte[] key, Map<BackupAttribute, String> attributes) {
    this.identifier = identifier;
    this.key = key;
    this.attributes = new EnumMap<>(attributes);
  }

  /**
   * The key in a PKCS#8 with other attributes than it had.
   *
   * @param pkcs8 stays the caller's
   */
  static AttributedKey of(byte[] pkcs8, Map<BackupAttribute, String> attributes)
      throws DerException {
    DerReader info = new DerReader(pkcs8).sequence();
    info.natural();
    return new AttributedKey(info.element(DerWriter.SEQUENCE), info.octetString(), attributes);
  }

  /** A secret key, which PKCS#8 itself has no identifier for, under that of its cipher. */
  static AttributedKey ofSecret(byte[] raw, Map<BackupAttribute, String> attributes) {
    return new AttributedKey(secretIdentifier(), raw.clone(), attributes);
  }

  private static byte[] secretIdentifier() {
    return DerWriter.sequence(ObjectId.encode(ObjectId.AES_256_GCM));
  }

  /** Reads what {@link #encode()} gives, and nothing else. */
  static AttributedKey parse(byte[] encoded) throws DerException {
    DerReader outer = new DerReader(encoded);
    DerReader info = outer.sequence();
    outer.end();
    info.natural();
    byte[] identifier = info.element(DerWriter.SEQUENCE);
    byte[] key = info.octetString();
    Map<BackupAttribute, String> attributes = new EnumMap<>(BackupAttribute.class);
    DerReader set = info.inside(ATTRIBUTES);
    info.end();
    while (set.nextIs(DerWriter.SEQUENCE)) {
      readAttribute(set.sequence(), attributes);
    }
    set.end();
    AttributedKey parsed = new AttributedKey(identifier, key, attributes);
    byte[] canonical = parsed.encode();
    try {
      if (!Arrays.equals(encoded, canonical)) {
        throw new DerException(Texts.NOT_IN_ONE_ENCODING.with());
      }
    } finally {
      Arrays.fill(canonical, (byte) 0);
    }
    return parsed;
  }

  private static void readAttribute(DerReader in, Map<BackupAttribute, String> attributes)
      throws DerException {
    String id = ObjectId.read(in);
    DerReader values = in.inside(DerWriter.SET);
    in.end();
    byte[] value = values.content(DerWriter.UTF8_STRING);
    values.end();
    BackupAttribute attribute =
        BackupAttribute.of(id)
            .orElseThrow(() -> new DerException(Texts.ATTRIBUTE_UNKNOWN.with(id)));
    if (attributes.put(attribute, new String(value, StandardCharsets.UTF_8)) != null) {
      throw new DerException(Texts.ATTRIBUTE_TWICE.with());
    }
  }

  Optional<String> attribute(BackupAttribute attribute) {
    return Optional.ofNullable(attributes.get(attribute));
  }

  /** The same without, or with another, authenticator. */
  AttributedKey authenticatedBy(Optional<String> authenticator) {
    Map<BackupAttribute, String> changed = new EnumMap<>(attributes);
    changed.remove(BackupAttribute.AUTHENTICATOR);
    authenticator.ifPresent(value -> changed.put(BackupAttribute.AUTHENTICATOR, value));
    return new AttributedKey(identifier, key, changed);
  }

  /** The key as {@code LocalKey.decode} reads it; the caller overwrites it. */
  byte[] material() {
    if (Arrays.equals(identifier, secretIdentifier())) {
      return key.clone();
    }
    return DerWriter.sequence(
        DerWriter.integer(BigInteger.ZERO), identifier.clone(), DerWriter.octetString(key.clone()));
  }

  /** DER; the caller overwrites it. */
  byte[] encode() {
    // X.690 §11.6: the elements of a set stand in the order of their encodings.
    byte[][] encoded =
        attributes.entrySet().stream()
            .map(entry -> encode(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparing((byte[] a) -> a, Arrays::compareUnsigned))
            .toArray(byte[][]::new);
    return DerWriter.sequence(
        DerWriter.integer(BigInteger.ZERO),
        identifier.clone(),
        DerWriter.octetString(key.clone()),
        DerWriter.wrap(ATTRIBUTES, encoded));
  }

  private static byte[] encode(BackupAttribute attribute, String value) {
    return DerWriter.sequence(
        ObjectId.encode(attribute.id()),
        DerWriter.wrap(
            DerWriter.SET,
            DerWriter.wrap(DerWriter.UTF8_STRING, value.getBytes(StandardCharsets.UTF_8))));
  }

  /** Overwrites the key. */
  void destroy() {
    Arrays.fill(key, (byte) 0);
  }
}

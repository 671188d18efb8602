package dev.enclave.crypto.internal.encoding;

import dev.enclave.crypto.internal.texts.Texts;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/** Object identifiers of encrypted private keys: their DER, and their names for messages. */
public final class ObjectId {

  public static final String PBES2 = "1.2.840.113549.1.5.13";
  public static final String PBKDF2 = "1.2.840.113549.1.5.12";
  public static final String SCRYPT = "1.3.6.1.4.1.11591.4.11";
  public static final String HMAC_SHA256 = "1.2.840.113549.2.9";
  public static final String AES_256_CBC = "2.16.840.1.101.3.4.1.42";
  public static final String AES_256_GCM = "2.16.840.1.101.3.4.1.46";

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry(PBES2, "PBES2"),
          Map.entry(PBKDF2, "PBKDF2"),
          Map.entry(SCRYPT, "scrypt"),
          Map.entry("1.2.840.113549.1.5.1", "PBES1 with MD2 and DES"),
          Map.entry("1.2.840.113549.1.5.3", "PBES1 with MD5 and DES"),
          Map.entry("1.2.840.113549.1.5.4", "PBES1 with MD2 and RC2"),
          Map.entry("1.2.840.113549.1.5.6", "PBES1 with MD5 and RC2"),
          Map.entry("1.2.840.113549.1.5.10", "PBES1 with SHA-1 and DES"),
          Map.entry("1.2.840.113549.1.5.11", "PBES1 with SHA-1 and RC2"),
          Map.entry("1.2.840.113549.1.12.1.1", "PKCS#12 encryption with RC4"),
          Map.entry("1.2.840.113549.1.12.1.2", "PKCS#12 encryption with RC4"),
          Map.entry("1.2.840.113549.1.12.1.3", "PKCS#12 encryption with 3DES"),
          Map.entry("1.2.840.113549.1.12.1.4", "PKCS#12 encryption with two-key 3DES"),
          Map.entry("1.2.840.113549.1.12.1.5", "PKCS#12 encryption with RC2"),
          Map.entry("1.2.840.113549.1.12.1.6", "PKCS#12 encryption with RC2"),
          Map.entry("1.2.840.113549.2.7", "HMAC-SHA1"),
          Map.entry("1.2.840.113549.2.8", "HMAC-SHA224"),
          Map.entry(HMAC_SHA256, "HMAC-SHA256"),
          Map.entry("1.2.840.113549.2.10", "HMAC-SHA384"),
          Map.entry("1.2.840.113549.2.11", "HMAC-SHA512"),
          Map.entry("1.3.14.3.2.7", "DES-CBC"),
          Map.entry("1.2.840.113549.3.7", "3DES-CBC"),
          Map.entry("2.16.840.1.101.3.4.1.2", "AES-128-CBC"),
          Map.entry("2.16.840.1.101.3.4.1.22", "AES-192-CBC"),
          Map.entry(AES_256_CBC, "AES-256-CBC"),
          Map.entry("2.16.840.1.101.3.4.1.6", "AES-128-GCM"),
          Map.entry(AES_256_GCM, "AES-256-GCM"),
          Map.entry("1.2.840.113549.1.1.1", "RSA"),
          Map.entry("1.2.840.113549.1.1.10", "RSA-PSS"),
          Map.entry("1.2.840.10040.4.1", "DSA"),
          Map.entry("1.2.840.10045.2.1", "elliptic curve"),
          Map.entry("1.3.101.110", "X25519"),
          Map.entry("1.3.101.111", "X448"),
          Map.entry("1.3.101.112", "Ed25519"),
          Map.entry("1.3.101.113", "Ed448"));

  private ObjectId() {}

  public static byte[] encode(String dotted) {
    try {
      return new ASN1ObjectIdentifier(dotted).getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written");
    }
  }

  /** The next element, which must be an object identifier, in dotted form. */
  public static String read(DerReader in) throws DerException {
    byte[] element = in.element(DerWriter.OBJECT_IDENTIFIER);
    try {
      return ASN1ObjectIdentifier.getInstance(element).getId();
    } catch (IllegalArgumentException e) {
      throw new DerException(Texts.OBJECT_IDENTIFIER_MALFORMED.with());
    }
  }

  /** What people call it; the dotted form where they do not. */
  public static String name(String dotted) {
    return Optional.ofNullable(NAMES.get(dotted)).orElse(Texts.OBJECT_IDENTIFIER.with(dotted));
  }
}

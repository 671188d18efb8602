package dev.enclave.kit.attest;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.Attester;
import java.io.ByteArrayInputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * A statement of one of Marvell's (before: Cavium's) HSM cards about a key ("Verifying
 * attestations", Cloud KMS documentation; "Validate Azure Managed HSM keys with key attestation";
 * their scripts, and statements that are public). An object is a handle, the number of its
 * attributes, its size, and the attributes; an attribute is a type, a length and a value. Numbers
 * are big-endian and of four bytes. The card's signature ends the statement.
 *
 * <p>Before the objects a header has the lengths of the whole and of all from the offsets on; then
 * comes a handle for each object, then 16-bit numbers of which the third and the fourth are the
 * objects' offsets. The first format of Cavium's has no header.
 */
public final class CardStatement {

  private static final int MOST = 20;

  /** Azure: the version's identifier. Google: 128 hex digits; of what is not published. */
  public static final int ID = 0x0102;

  /** The modulus of an RSA key, the public point of one on a curve. */
  public static final int MODULUS = 0x0120;

  /** Extended key check value: SHA-256 of the public key, DER SubjectPublicKeyInfo. */
  public static final int CHECK_VALUE = 0x1003;

  /** RSASSA-PKCS1-v1_5 with 2048 bits. */
  private static final int SIGNATURE_BYTES = 256;

  private static final int CLASS = 0x0000;
  private static final int EXTRACTABLE = 0x0162;

  /** PKCS #11 v3.0 §4.3.2, CKA_LOCAL: whether it was made in the HSM. */
  private static final int LOCAL = 0x0163;

  private static final int NEVER_EXTRACTABLE = 0x0164;

  /** PKCS #11, CKO_PUBLIC_KEY. */
  private static final int PUBLIC_KEY = 2;

  /** Where the header has the lengths. */
  private static final int TOTAL = 8;

  private static final int BODY = 12;

  /** Within the body, after two numbers of 16 bits. */
  private static final int OFFSETS = 4;

  private static final int MOST_ATTRIBUTES = 200;

  private final byte[] bytes;
  private final List<Map<Integer, byte[]>> objects;

  /**
   * Reads it.
   *
   * @param most how many objects to read of one with a header; 0 if it has none
   */
  public CardStatement(byte[] bytes, int most) {
    this.bytes = bytes.clone();
    this.objects = objects(bytes, most);
  }

  /**
   * The attributes of its objects: those of a key, or of the public and the private one of a pair;
   * none if it is laid out otherwise.
   */
  public List<Map<Integer, byte[]>> objects() {
    return objects;
  }

  /** Whether these bytes begin with a header and are as long as it says. */
  public static boolean hasHeader(byte[] statement) {
    return statement.length > BODY + Integer.BYTES + SIGNATURE_BYTES
        && ByteBuffer.wrap(statement).getInt(0) == 0
        && ByteBuffer.wrap(statement).getInt(TOTAL) == statement.length;
  }

  private static List<Map<Integer, byte[]>> objects(byte[] statement, int most) {
    try {
      ByteBuffer all =
          ByteBuffer.wrap(statement, 0, Math.max(0, statement.length - SIGNATURE_BYTES));
      if (most == 0) {
        return List.of(object(all));
      }
      int body = all.getInt(TOTAL) - SIGNATURE_BYTES - all.getInt(BODY);
      List<Map<Integer, byte[]>> objects = new ArrayList<>();
      for (int i = 0; i < most; i++) {
        int offset = Short.toUnsignedInt(all.getShort(body + OFFSETS + i * Short.BYTES));
        if (i == 0 || offset != 0) {
          all.position(body + offset);
          objects.add(object(all));
        }
      }
      return List.copyOf(objects);
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return List.of();
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

  /** Whether an object is a public key. */
  public static boolean isPublic(Map<Integer, byte[]> object) {
    byte[] kind = object.get(CLASS);
    return kind != null && kind.length > 0 && kind[kind.length - 1] == PUBLIC_KEY;
  }

  /** What an object says of where its key was made and whether it can leave. */
  public static Map<String, String> facts(Map<Integer, byte[]> object) {
    Map<String, String> facts = new TreeMap<>();
    facts.put(Attester.MADE_IN_HSM, flag(object.get(LOCAL)));
    facts.put(Attester.EXTRACTABLE, flag(object.get(EXTRACTABLE)));
    facts.put(Attester.NEVER_EXTRACTABLE, flag(object.get(NEVER_EXTRACTABLE)));
    return facts;
  }

  private static String flag(byte @Nullable [] value) {
    if (value == null || value.length == 0) {
      return Texts.NOT_SAID.with();
    }
    for (byte b : value) {
      if (b != 0) {
        return "yes";
      }
    }
    return "no";
  }

  /**
   * The certificates, at least one, with roots if they are there.
   *
   * @param encoded DER, or PEM of one or several
   * @param unreadable the failure when they are none
   */
  public static List<X509Certificate> certificates(
      byte[] encoded, Supplier<BackendFailure> unreadable) throws BackendFailure {
    List<X509Certificate> all = new ArrayList<>();
    try {
      CertificateFactory x509 = CertificateFactory.getInstance("X.509", provider("SUN"));
      for (Certificate each : x509.generateCertificates(new ByteArrayInputStream(encoded))) {
        all.add((X509Certificate) each);
      }
    } catch (GeneralSecurityException e) {
      throw unreadable.get();
    }
    if (all.isEmpty() || all.size() > MOST) {
      throw unreadable.get();
    }
    return all;
  }

  /** As {@code Attester.Chain} has them. */
  public static List<Bytes> encoded(List<X509Certificate> chain) {
    List<Bytes> encoded = new ArrayList<>();
    try {
      for (X509Certificate certificate : chain) {
        encoded.add(Bytes.of(certificate.getEncoded()));
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read has an encoding");
    }
    return encoded;
  }

  /** Whether it is its own issuer. */
  public static boolean isRoot(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /**
   * Who certified whom, from {@code first} on and without a root. Of several certificates of an
   * issuer's key, the one that is of version 1 or says that the key may issue others.
   */
  public static List<X509Certificate> path(X509Certificate first, List<X509Certificate> all) {
    List<X509Certificate> path = new ArrayList<>();
    Optional<X509Certificate> next = Optional.of(first);
    while (next.filter(it -> !isRoot(it) && !path.contains(it)).isPresent()) {
      X509Certificate certificate = next.get();
      path.add(certificate);
      next =
          all.stream()
              .filter(issuer -> issued(issuer, certificate))
              .min(
                  Comparator.comparing(
                      issuer -> issuer.getVersion() != 1 && issuer.getBasicConstraints() < 0));
    }
    return path;
  }

  /** Whether the key of {@code issuer}, by its name, signed a certificate. */
  private static boolean issued(X509Certificate issuer, X509Certificate certificate) {
    if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey(), provider("SunRsaSign"));
      return true;
    } catch (GeneralSecurityException | BackendFailure e) {
      return false;
    }
  }

  /**
   * Whether a certificate's key signed it: RSASSA-PKCS1-v1_5 over all that is before.
   *
   * @param bare whether the signature may be over the SHA-256 without its identifier, as firmware 2
   *     makes it
   */
  public boolean signedBy(X509Certificate certificate, boolean bare) throws BackendFailure {
    int length = bytes.length - SIGNATURE_BYTES;
    if (length < 1) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("SHA256withRSA", provider("SunRsaSign"));
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(bytes, 0, length);
      return verifier.verify(bytes, length, SIGNATURE_BYTES)
          || (bare && signedBare(length, certificate));
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private boolean signedBare(int length, X509Certificate certificate)
      throws GeneralSecurityException, BackendFailure {
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", provider("SunJCE"));
    cipher.init(Cipher.DECRYPT_MODE, certificate.getPublicKey());
    return Arrays.equals(
        cipher.doFinal(bytes, length, SIGNATURE_BYTES), sha256(Arrays.copyOf(bytes, length)));
  }

  /** SHA-256, as the check values have it. */
  public static byte[] sha256(byte[] content) {
    return Hashing.digest(DigestAlgorithm.SHA_256, Message.of(content)).value().toByteArray();
  }

  private static Provider provider(String name) throws BackendFailure {
    Provider provider = Security.getProvider(name);
    if (provider == null) {
      throw Texts.JDK_LACKS_ATTESTATION.permanent(FailureCode.UNSUPPORTED);
    }
    return provider;
  }
}

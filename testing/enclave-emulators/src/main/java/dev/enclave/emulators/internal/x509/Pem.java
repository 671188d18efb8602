package dev.enclave.emulators.internal.x509;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** Textual encodings (RFC 7468). */
public final class Pem {

  private static final int LINE = 64;

  private Pem() {}

  /** RFC 7468 §5. */
  public static String of(X509Certificate certificate) {
    try {
      return of("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("A certificate could not be encoded.");
    }
  }

  /** RFC 7468 §13, of a SubjectPublicKeyInfo. */
  public static String publicKey(byte[] encoded) {
    return of("PUBLIC KEY", encoded);
  }

  /** RFC 7468 §10, of a PrivateKeyInfo (PKCS#8). */
  public static String privateKey(byte[] encoded) {
    return of("PRIVATE KEY", encoded);
  }

  /** RFC 7468 §2, with any label. */
  public static String of(String label, byte[] encoded) {
    byte[] newLine = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(LINE, newLine).encodeToString(encoded)
        + "\n-----END "
        + label
        + "-----\n";
  }
}

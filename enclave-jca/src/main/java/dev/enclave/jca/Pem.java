package dev.enclave.jca;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.ByteArrayInputStream;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** Blocks of text (RFC 7468), and certificates read from their bytes. */
final class Pem {

  static final String CERTIFICATE = "CERTIFICATE";

  private Pem() {}

  static String block(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /**
   * A certificate, by the JDK's own provider if it is there.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when the bytes are none
   */
  static X509Certificate certificate(byte[] der) {
    try {
      Provider sun = Security.getProvider("SUN");
      CertificateFactory factory =
          sun == null
              ? CertificateFactory.getInstance("X.509")
              : CertificateFactory.getInstance("X.509", sun);
      if (factory.generateCertificate(new ByteArrayInputStream(der)) instanceof X509Certificate x) {
        return x;
      }
      throw malformed();
    } catch (CertificateException e) {
      throw malformed();
    }
  }

  private static EnclaveException malformed() {
    return Texts.CERTIFICATE_MALFORMED.as(ErrorCode.INVALID_ENCODING);
  }
}

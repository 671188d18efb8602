package dev.enclave.azure.internal.attest;

import dev.enclave.Bytes;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that come with an attestation, in no order: which of them has the key that
 * signed it, and who certified that.
 *
 * @param chain DER, that one first, without a root; none if no certificate came
 * @param count how many came
 */
record AttestationCertificates(List<Bytes> chain, int count) {

  private static final int MOST = 20;

  AttestationCertificates {
    chain = List.copyOf(chain);
  }

  /**
   * Reads them.
   *
   * @param pem several, one after the other
   * @throws BackendFailure {@link FailureCode#CORRUPT} when none of them has the key that signed
   */
  static AttestationCertificates of(byte @Nullable [] pem, byte[] statement) throws BackendFailure {
    if (pem == null || pem.length == 0) {
      return new AttestationCertificates(List.of(), 0);
    }
    try {
      List<X509Certificate> all = new ArrayList<>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509", provider("SUN"))
              .generateCertificates(new ByteArrayInputStream(pem))) {
        all.add((X509Certificate) certificate);
      }
      if (all.isEmpty() || all.size() > MOST) {
        throw unreadable();
      }
      Optional<List<X509Certificate>> longest =
          all.stream()
              .filter(certificate -> signed(statement, certificate))
              .map(leaf -> chain(leaf, all))
              .max(Comparator.comparingInt(List::size));
      if (longest.isEmpty()) {
        throw AzureCalls.REFUSALS.wrongAnswer(
            "the attestation is signed by the key of none of its certificates");
      }
      List<Bytes> encoded = new ArrayList<>();
      for (X509Certificate certificate : longest.get()) {
        encoded.add(Bytes.of(certificate.getEncoded()));
      }
      return new AttestationCertificates(encoded, all.size());
    } catch (GeneralSecurityException e) {
      throw unreadable();
    }
  }

  private static BackendFailure unreadable() {
    return AzureCalls.REFUSALS.wrongAnswer("the attestation's certificates cannot be read");
  }

  /** Who certified whom, up to but without a root that came along. */
  private static List<X509Certificate> chain(X509Certificate leaf, List<X509Certificate> all) {
    List<X509Certificate> chain = new ArrayList<>();
    Optional<X509Certificate> next = Optional.of(leaf);
    while (next.isPresent() && !isRoot(next.get()) && !chain.contains(next.get())) {
      X509Certificate certificate = next.get();
      chain.add(certificate);
      next = all.stream().filter(issuer -> issued(issuer, certificate)).findFirst();
    }
    return chain;
  }

  private static boolean isRoot(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

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

  /** RSASSA-PKCS1-v1_5 over all that comes before; firmware 2 puts the bare SHA-256 in it. */
  private static boolean signed(byte[] statement, X509Certificate certificate) {
    int signedBytes = statement.length - MarvellStatement.SIGNATURE_BYTES;
    if (signedBytes < 1) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("SHA256withRSA", provider("SunRsaSign"));
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(statement, 0, signedBytes);
      return verifier.verify(statement, signedBytes, MarvellStatement.SIGNATURE_BYTES)
          || bare(statement, signedBytes, certificate);
    } catch (GeneralSecurityException | BackendFailure e) {
      return false;
    }
  }

  private static boolean bare(byte[] statement, int signedBytes, X509Certificate certificate)
      throws GeneralSecurityException, BackendFailure {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256", provider("SUN"));
    sha256.update(statement, 0, signedBytes);
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", provider("SunJCE"));
    cipher.init(Cipher.DECRYPT_MODE, certificate.getPublicKey());
    return Arrays.equals(
        cipher.doFinal(statement, signedBytes, MarvellStatement.SIGNATURE_BYTES), sha256.digest());
  }

  private static Provider provider(String name) throws BackendFailure {
    Provider provider = Security.getProvider(name);
    if (provider == null) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "This JDK lacks what an attestation is read with. Use one with SUN, SunRsaSign and"
              + " SunJCE.");
    }
    return provider;
  }
}

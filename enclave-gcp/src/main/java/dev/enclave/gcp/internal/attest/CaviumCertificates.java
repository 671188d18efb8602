package dev.enclave.gcp.internal.attest;

import com.google.cloud.kms.v1.KeyOperationAttestation.CertificateChains;
import dev.enclave.Bytes;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.Attester.Chain;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * The certificates beside a statement ("Verifying attestations", Cloud KMS documentation, and its
 * script): the manufacturer's for the partition of the HSM that signed, and for its card; the
 * owner's, which is Google, for the same two keys. Immutable.
 *
 * @param manufacturer the partition's, then the card's
 * @param ownersPartition the partition's, by the owner
 * @param ownersCard the card's, by the owner
 */
public record CaviumCertificates(
    List<X509Certificate> manufacturer,
    List<X509Certificate> ownersPartition,
    List<X509Certificate> ownersCard) {

  static CaviumCertificates of(CertificateChains chains) throws BackendFailure {
    return new CaviumCertificates(
        certificates(chains.getCaviumCertsList()),
        certificates(chains.getGooglePartitionCertsList()),
        certificates(chains.getGoogleCardCertsList()));
  }

  /** As the engine checks them against roots. */
  List<Chain> chains() throws BackendFailure {
    List<Chain> chains = new ArrayList<>();
    add(chains, "manufacturer", manufacturer);
    add(chains, "Google, of the partition", ownersPartition);
    add(chains, "Google, of the card", ownersCard);
    return chains;
  }

  private static void add(List<Chain> chains, String of, List<X509Certificate> certificates)
      throws BackendFailure {
    if (!certificates.isEmpty()) {
      chains.add(Chain.of(of, encoded(certificates)));
    }
  }

  /** Checks that manufacturer and owner speak of the same card. */
  void requireOneCard() throws BackendFailure {
    if (manufacturer.size() > 1
        && !ownersCard.isEmpty()
        && !manufacturer.get(1).getPublicKey().equals(ownersCard.get(0).getPublicKey())) {
      throw GcpRefusals.wrongAnswer("the certificates of the attestation are of two HSM cards");
    }
  }

  /**
   * Checks that the partition signed: RSASSA-PKCS1-v1_5 with SHA-256 over all that comes before, by
   * the key that manufacturer and owner certify.
   *
   * @return whether there is a certificate to check it by
   */
  boolean requireSigned(byte[] statement) throws BackendFailure {
    int signedBytes = statement.length - CaviumStatement.SIGNATURE_BYTES;
    boolean checked = false;
    for (List<X509Certificate> chain : List.of(manufacturer, ownersPartition)) {
      if (!chain.isEmpty()) {
        if (signedBytes < 0 || !signed(statement, signedBytes, chain.get(0))) {
          throw GcpRefusals.wrongAnswer("the attestation is not signed by its certificates' key");
        }
        checked = true;
      }
    }
    return checked;
  }

  private static boolean signed(byte[] statement, int signedBytes, X509Certificate leaf)
      throws BackendFailure {
    try {
      Signature verifier = Signature.getInstance("SHA256withRSA", provider("SunRsaSign"));
      verifier.initVerify(leaf.getPublicKey());
      verifier.update(statement, 0, signedBytes);
      return verifier.verify(statement, signedBytes, CaviumStatement.SIGNATURE_BYTES);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  public static byte[] sha256(byte[] content) throws BackendFailure {
    try {
      return MessageDigest.getInstance("SHA-256", provider("SUN")).digest(content);
    } catch (GeneralSecurityException e) {
      throw unsupported();
    }
  }

  private static List<X509Certificate> certificates(List<String> pems) throws BackendFailure {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509", provider("SUN"));
      for (String pem : pems) {
        certificates.add(
            (X509Certificate)
                factory.generateCertificate(
                    new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
      }
    } catch (GeneralSecurityException e) {
      throw GcpRefusals.wrongAnswer("a certificate of the attestation cannot be read");
    }
    return certificates;
  }

  private static List<Bytes> encoded(List<X509Certificate> chain) throws BackendFailure {
    List<Bytes> encoded = new ArrayList<>();
    try {
      for (X509Certificate certificate : chain) {
        encoded.add(Bytes.of(certificate.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw GcpRefusals.wrongAnswer("a certificate of the attestation cannot be read");
    }
    return encoded;
  }

  private static Provider provider(String name) throws BackendFailure {
    Provider provider = Security.getProvider(name);
    if (provider == null) {
      throw unsupported();
    }
    return provider;
  }

  private static BackendFailure unsupported() {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "This JDK lacks what an attestation is read with. Use one with SUN and SunRsaSign.");
  }
}

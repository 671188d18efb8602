package dev.enclave.gcp.internal.attest;

import com.google.cloud.kms.v1.KeyOperationAttestation.CertificateChains;
import dev.enclave.Bytes;
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
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The certificates beside a statement ("Verifying attestations", Cloud KMS documentation, and its
 * script): the manufacturer's for the partition of the HSM that signed, and for its card; the
 * owner's, which is Google, for the same two keys. Immutable.
 *
 * @param signers the chains that begin with the key that signed
 * @param cards certificates of the key of the card, from which no chain to that key goes
 */
public record CaviumCertificates(List<Named> signers, List<Named> cards) {

  private static final int MOST = 20;
  private static final String MANUFACTURER = "manufacturer";
  private static final String OWNER = "Google, of the partition";
  private static final String OWNER_OF_CARD = "Google, of the card";

  /** Certificates of somebody, each issued by the next. */
  record Named(String of, List<X509Certificate> path) {

    Named {
      path = List.copyOf(path);
    }
  }

  public CaviumCertificates {
    signers = List.copyOf(signers);
    cards = List.copyOf(cards);
  }

  /** As Cloud KMS gives them: each list begins with the certificate that it is about. */
  static CaviumCertificates of(CertificateChains chains) throws BackendFailure {
    return new CaviumCertificates(
        named(MANUFACTURER, pem(chains.getCaviumCertsList())).toList(),
        named(OWNER, pem(chains.getGooglePartitionCertsList())).toList(),
        named(OWNER_OF_CARD, pem(chains.getGoogleCardCertsList())).toList());
  }

  private CaviumCertificates(List<Named> manufacturer, List<Named> owner, List<Named> cards) {
    this(Stream.concat(manufacturer.stream(), owner.stream()).toList(), cards);
  }

  private static Stream<Named> named(String of, List<X509Certificate> chain) {
    List<X509Certificate> path = chain.stream().filter(each -> !isRoot(each)).toList();
    return path.isEmpty() ? Stream.of() : Stream.of(new Named(of, path));
  }

  private static boolean isRoot(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /**
   * As they lie in a file, in any order, with roots or without.
   *
   * @throws BackendFailure ({@link FailureCode#CORRUPT}) when none of them has the key that signed
   */
  static CaviumCertificates sorted(byte[] statement, List<Bytes> der) throws BackendFailure {
    List<X509Certificate> all = new ArrayList<>();
    for (Bytes each : new LinkedHashSet<>(der)) {
      X509Certificate certificate = certificate(each.toByteArray());
      if (!isRoot(certificate)) {
        all.add(certificate);
      }
    }
    if (all.size() > MOST) {
      throw refused("it has more than " + MOST + " certificates");
    }
    List<X509Certificate> partitions = new ArrayList<>();
    for (X509Certificate certificate : all) {
      if (signed(statement, certificate)) {
        partitions.add(certificate);
      }
    }
    if (partitions.isEmpty()) {
      throw unsigned();
    }
    List<X509Certificate> rest = new ArrayList<>(all);
    rest.removeAll(partitions);
    List<Named> signers = new ArrayList<>();
    for (X509Certificate partition : partitions) {
      Optional<X509Certificate> card = issuer(partition, rest);
      card.ifPresent(rest::remove);
      signers.add(
          card.map(issuer -> new Named(MANUFACTURER, List.of(partition, issuer)))
              .orElseGet(() -> new Named(OWNER, List.of(partition))));
    }
    return new CaviumCertificates(
        signers, rest.stream().map(card -> new Named(OWNER_OF_CARD, List.of(card))).toList());
  }

  /**
   * Of the certificates of a card's key, the manufacturer's, which is of version 1; the owner's
   * says that the card may not issue others.
   */
  private static Optional<X509Certificate> issuer(
      X509Certificate certificate, List<X509Certificate> others) {
    return others.stream()
        .filter(other -> issued(other, certificate))
        .min(Comparator.comparing(other -> other.getVersion() != 1 && !isIssuer(other)));
  }

  private static boolean isIssuer(X509Certificate certificate) {
    return certificate.getBasicConstraints() >= 0;
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

  /** As the engine checks them against roots. */
  List<Chain> chains() throws BackendFailure {
    List<Chain> chains = new ArrayList<>();
    for (Named chain : signers) {
      chains.add(Chain.of(chain.of(), encoded(chain.path())));
    }
    for (Named card : cards) {
      chains.add(Chain.beside(card.of(), encoded(card.path())));
    }
    return chains;
  }

  /** Checks that manufacturer and owner speak of the same card, and one owner of card and key. */
  void requireOneCard() throws BackendFailure {
    for (Named card : cards) {
      for (Named signer : signers) {
        boolean fits =
            signer.path().size() > 1
                ? signer.path().get(1).getPublicKey().equals(card.path().get(0).getPublicKey())
                : signer
                    .path()
                    .get(0)
                    .getIssuerX500Principal()
                    .equals(card.path().get(0).getIssuerX500Principal());
        if (!fits) {
          throw refused("its certificates are of two HSM cards");
        }
      }
    }
  }

  /**
   * Checks that the partition signed: RSASSA-PKCS1-v1_5 with SHA-256 over all that comes before, by
   * the key that manufacturer and owner certify.
   *
   * @return whether there is a certificate to check it by
   */
  boolean requireSigned(byte[] statement) throws BackendFailure {
    for (Named signer : signers) {
      if (!signed(statement, signer.path().get(0))) {
        throw unsigned();
      }
    }
    return !signers.isEmpty();
  }

  private static BackendFailure unsigned() {
    return refused("it is not signed by its certificates' key");
  }

  private static boolean signed(byte[] statement, X509Certificate leaf) throws BackendFailure {
    int signedBytes = statement.length - CaviumStatement.SIGNATURE_BYTES;
    if (signedBytes < 0) {
      return false;
    }
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

  private static List<X509Certificate> pem(List<String> pems) throws BackendFailure {
    List<X509Certificate> certificates = new ArrayList<>();
    for (String pem : pems) {
      certificates.add(certificate(pem.getBytes(StandardCharsets.US_ASCII)));
    }
    return certificates;
  }

  private static X509Certificate certificate(byte[] pemOrDer) throws BackendFailure {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509", provider("SUN"))
              .generateCertificate(new ByteArrayInputStream(pemOrDer));
    } catch (GeneralSecurityException e) {
      throw refused("a certificate of it cannot be read");
    }
  }

  private static List<Bytes> encoded(List<X509Certificate> chain) throws BackendFailure {
    List<Bytes> encoded = new ArrayList<>();
    try {
      for (X509Certificate certificate : chain) {
        encoded.add(Bytes.of(certificate.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw refused("a certificate of it cannot be read");
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

  static BackendFailure refused(String what) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "A statement of an HSM of Google Cloud is refused: "
            + what
            + ". Fetch the statement and its certificates again.");
  }

  private static BackendFailure unsupported() {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "This JDK lacks what an attestation is read with. Use one with SUN and SunRsaSign.");
  }
}

package dev.enclave.core.internal.x509;

import dev.enclave.Bytes;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertPathValidatorException.Reason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * Certificates that somebody trusts, and whether chains end at them (RFC 5280 §6, by the JDK's PKIX
 * validator). Every certificate has to be valid at the moment that is asked about, the root too.
 * Revocation is not looked up: it would ask addresses that a certificate names. A certificate of
 * version 1 is believed in one place alone, that of a card under its {@link CardIssuer}. Immutable.
 */
public final class TrustedRoots {

  private final List<X509Certificate> roots;
  private final CardIssuer cards;

  private TrustedRoots(List<X509Certificate> roots, CardIssuer cards) {
    this.roots = List.copyOf(roots);
    this.cards = cards;
  }

  /**
   * Reads them.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when one is no certificate
   */
  public static TrustedRoots of(List<Bytes> certificates) {
    return of(certificates, CardIssuer.LIQUID_SECURITY);
  }

  static TrustedRoots of(List<Bytes> certificates, CardIssuer cards) {
    try {
      return new TrustedRoots(parsed(certificates), cards);
    } catch (CertificateException e) {
      throw Texts.ROOT_UNREADABLE.as(ErrorCode.INVALID_ARGUMENT);
    }
  }

  /** Their subjects, in the order given. */
  public List<String> subjects() {
    return roots.stream().map(TrustedRoots::subject).toList();
  }

  private static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  /**
   * Where a chain ends.
   *
   * @param reached the subjects of the roots at which it ends; none if it is not valid
   * @param broken whether it names one of the roots as its end, and is not valid
   * @param words where it ends, or why not
   */
  public record Finding(List<String> reached, boolean broken, String words) {

    public Finding {
      reached = List.copyOf(reached);
    }

    private static Finding none(boolean broken, String words) {
      return new Finding(List.of(), broken, words);
    }
  }

  /** Looks at a chain, the end of which vouches for its first certificate, at a moment. */
  public Finding end(List<Bytes> chain, Instant at) {
    List<X509Certificate> certificates;
    try {
      certificates = parsed(chain);
    } catch (CertificateException e) {
      return Finding.none(true, Texts.CERTIFICATE_UNREADABLE.with());
    }
    if (certificates.isEmpty()) {
      return Finding.none(false, Texts.NO_CERTIFICATE.with());
    }
    if (roots.isEmpty()) {
      return Finding.none(false, Texts.NO_ROOT.with());
    }
    List<String> reached = new ArrayList<>();
    boolean named = false;
    String last = Texts.ENDS_AT_NONE.with();
    for (X509Certificate root : roots) {
      List<X509Certificate> path = withoutRoot(certificates, root);
      try {
        validate(path, root, at);
        reached.add(subject(root));
      } catch (CertPathValidatorException e) {
        if (issued(root, path.get(path.size() - 1))) {
          named = true;
          last = words(e);
        }
      }
    }
    return reached.isEmpty()
        ? Finding.none(named, last)
        : new Finding(
            reached, false, Texts.ENDS_AT.with(String.join(Texts.AND_AT.with(), reached)));
  }

  /** Some chains have their root at the end, or another certificate of its name and key. */
  private static List<X509Certificate> withoutRoot(
      List<X509Certificate> chain, X509Certificate root) {
    int last = chain.size() - 1;
    return last > 0
            && issued(root, chain.get(last))
            && issued(chain.get(last), chain.get(last))
            && chain.get(last).getPublicKey().equals(root.getPublicKey())
        ? chain.subList(0, last)
        : chain;
  }

  private static boolean issued(X509Certificate root, X509Certificate certificate) {
    return root.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private void validate(List<X509Certificate> path, X509Certificate root, Instant at)
      throws CertPathValidatorException {
    try {
      CertPath certPath = factory().generateCertPath(path);
      requireDates(root, certPath, -1, at);
      int last = path.size() - 1;
      if (last == 1 && path.get(last).getVersion() == 1 && cards.is(root, provider())) {
        X509Certificate card = path.get(last);
        requireCard(card, root, certPath, at);
        validate(
            path.subList(0, last),
            new TrustAnchor(card.getSubjectX500Principal(), card.getPublicKey(), null),
            at);
      } else {
        validate(path, new TrustAnchor(root, null), at);
      }
    } catch (CertPathValidatorException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertPathValidatorException("not validated");
    }
  }

  private static void validate(List<X509Certificate> path, TrustAnchor anchor, Instant at)
      throws GeneralSecurityException {
    CertPath certPath = factory().generateCertPath(path);
    for (int i = 0; i < path.size(); i++) {
      if (path.get(i).getVersion() == 1) {
        throw failure(certPath, i, PKIXReason.NOT_CA_CERT);
      }
    }
    PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPathValidator.getInstance("PKIX", provider()).validate(certPath, parameters);
  }

  /** What the validator would check of a card, but for the extension that version 1 lacks. */
  private static void requireCard(
      X509Certificate card, X509Certificate root, CertPath path, Instant at)
      throws CertPathValidatorException {
    if (!issued(root, card)) {
      throw failure(path, 1, PKIXReason.NAME_CHAINING);
    }
    requireDates(card, path, 1, at);
    if (!CardIssuer.isUsual(card)) {
      throw failure(path, 1, BasicReason.ALGORITHM_CONSTRAINED);
    }
    try {
      card.verify(root.getPublicKey(), provider("SunRsaSign"));
    } catch (GeneralSecurityException e) {
      throw failure(path, 1, BasicReason.INVALID_SIGNATURE);
    }
  }

  private static void requireDates(
      X509Certificate certificate, CertPath path, int index, Instant at)
      throws CertPathValidatorException {
    try {
      certificate.checkValidity(Date.from(at));
    } catch (CertificateExpiredException e) {
      throw failure(path, index, BasicReason.EXPIRED);
    } catch (CertificateNotYetValidException e) {
      throw failure(path, index, BasicReason.NOT_YET_VALID);
    }
  }

  private static CertPathValidatorException failure(CertPath path, int index, Reason reason) {
    return new CertPathValidatorException(reason.toString(), null, path, index, reason);
  }

  /** By the validator's reason; its text may quote what somebody put into a certificate. */
  private static String words(CertPathValidatorException failure) {
    boolean isRoot = failure.getIndex() < 0;
    String which = isRoot ? Texts.ITS_ROOT.with() : Texts.CERTIFICATE.with(failure.getIndex() + 1);
    return switch (failure.getReason().toString()) {
      case "EXPIRED" -> isRoot ? Texts.ROOT_EXPIRED.with() : Texts.CERTIFICATE_EXPIRED.with(which);
      case "NOT_YET_VALID" -> Texts.CERTIFICATE_NOT_YET_VALID.with(which);
      case "INVALID_SIGNATURE" -> Texts.CERTIFICATE_MISSIGNED.with(which);
      case "NAME_CHAINING" -> Texts.CERTIFICATE_OF_ANOTHER_ISSUER.with(which);
      case "NOT_CA_CERT" -> Texts.CERTIFICATE_OF_NO_ISSUER.with(which);
      case "ALGORITHM_CONSTRAINED" -> Texts.CERTIFICATE_UNACCEPTABLE.with(which);
      case "NO_TRUST_ANCHOR" -> Texts.ENDS_AT_NONE.with();
      default -> Texts.CERTIFICATE_BREAKS_A_RULE.with(which, String.valueOf(failure.getReason()));
    };
  }

  private static List<X509Certificate> parsed(List<Bytes> certificates)
      throws CertificateException {
    CertificateFactory factory = factory();
    List<X509Certificate> parsed = new ArrayList<>();
    for (Bytes certificate : certificates) {
      parsed.add(
          (X509Certificate)
              factory.generateCertificate(new ByteArrayInputStream(certificate.toByteArray())));
    }
    return parsed;
  }

  private static CertificateFactory factory() throws CertificateException {
    return CertificateFactory.getInstance("X.509", provider());
  }

  private static Provider provider() throws CertificateException {
    return provider("SUN");
  }

  private static Provider provider(String name) throws CertificateException {
    Provider provider = Security.getProvider(name);
    if (provider == null) {
      throw new CertificateException("no provider " + name);
    }
    return provider;
  }

  /**
   * The one root whose certificates of HSM cards are of X.509 version 1, which has no extension to
   * say that a card may issue those of its partitions. RFC 5280 §6.1.4 (k) leaves it to the
   * application how it knows that of version 1; here by the root's name and public key together.
   *
   * @param subject the root's
   * @param publicKey SHA-256 of its SubjectPublicKeyInfo
   */
  record CardIssuer(X500Principal subject, Bytes publicKey) {

    /** Of the LiquidSecurity cards, in Google's Cloud HSM; an expired root has the same key. */
    static final CardIssuer LIQUID_SECURITY =
        new CardIssuer(
            new X500Principal(
                "CN=localca.liquidsecurity.cavium.com, OU=LiquidSecurity, O=\"Cavium, Inc.\","
                    + " L=San Jose, ST=California, C=US"),
            Bytes.of(
                HexFormat.of()
                    .parseHex("78adcba1f38bee304bc44d6a086503f2940037d4b3d58a1bf66a3282ef58cd41")));

    private static final String SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
    private static final int LEAST_BITS = 2048;

    boolean is(X509Certificate root, Provider hashes) throws GeneralSecurityException {
      byte[] spki = root.getPublicKey().getEncoded();
      return root.getSubjectX500Principal().equals(subject)
          && Bytes.of(MessageDigest.getInstance("SHA-256", hashes).digest(spki)).equals(publicKey);
    }

    /**
     * Whether the algorithm and the key of a card's certificate are what they are in all of them.
     */
    static boolean isUsual(X509Certificate card) {
      return card.getSigAlgOID().equals(SHA256_WITH_RSA)
          && card.getPublicKey() instanceof RSAPublicKey key
          && key.getModulus().bitLength() >= LEAST_BITS;
    }
  }
}

package dev.enclave.core.internal.x509;

import dev.enclave.Bytes;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * Certificates that somebody trusts, and whether chains end at them (RFC 5280 §6, by the JDK's PKIX
 * validator). Revocation is not looked up: it would ask addresses that a certificate names. A
 * root's own dates do not count: it was given. Immutable.
 */
public final class TrustedRoots {

  private final List<X509Certificate> roots;

  private TrustedRoots(List<X509Certificate> roots) {
    this.roots = List.copyOf(roots);
  }

  /**
   * Reads them.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when one is no certificate
   */
  public static TrustedRoots of(List<Bytes> certificates) {
    try {
      return new TrustedRoots(parsed(certificates));
    } catch (CertificateException e) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "A root is no X.509 certificate. Give certificates in DER, or in PEM to the command.");
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
   * @param words the same, or why not
   */
  public record Finding(List<String> reached, String words) {

    public Finding {
      reached = List.copyOf(reached);
    }
  }

  /** Looks at a chain, the end of which vouches for its first certificate, at a moment. */
  public Finding end(List<Bytes> chain, Instant at) {
    List<X509Certificate> certificates;
    try {
      certificates = parsed(chain);
    } catch (CertificateException e) {
      return new Finding(List.of(), "one of its certificates cannot be read");
    }
    if (certificates.isEmpty()) {
      return new Finding(List.of(), "there is no certificate");
    }
    if (roots.isEmpty()) {
      return new Finding(List.of(), "no root certificate was given");
    }
    List<String> reached = new ArrayList<>();
    String last = "it ends at none of the roots that were given";
    for (X509Certificate root : roots) {
      List<X509Certificate> path = withoutRoot(certificates, root);
      try {
        validate(path, root, at);
        reached.add(subject(root));
      } catch (CertPathValidatorException e) {
        if (issued(root, path.get(path.size() - 1))) {
          last = words(e);
        }
      }
    }
    return reached.isEmpty()
        ? new Finding(reached, last)
        : new Finding(reached, "it ends at " + String.join(" and at ", reached));
  }

  /** Some chains have their root at the end. */
  private static List<X509Certificate> withoutRoot(
      List<X509Certificate> chain, X509Certificate root) {
    int last = chain.size() - 1;
    return last > 0 && chain.get(last).equals(root) ? chain.subList(0, last) : chain;
  }

  private static boolean issued(X509Certificate root, X509Certificate certificate) {
    return root.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private static void validate(List<X509Certificate> path, X509Certificate root, Instant at)
      throws CertPathValidatorException {
    try {
      CertPath certPath = factory().generateCertPath(path);
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      CertPathValidator.getInstance("PKIX", provider()).validate(certPath, parameters);
    } catch (CertPathValidatorException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertPathValidatorException("not validated");
    }
  }

  /** By the validator's reason; its text may quote what somebody put into a certificate. */
  private static String words(CertPathValidatorException failure) {
    String which =
        failure.getIndex() < 0 ? "a certificate" : "certificate " + (failure.getIndex() + 1);
    return switch (failure.getReason().toString()) {
      case "EXPIRED" -> which + " has expired";
      case "NOT_YET_VALID" -> which + " is not valid yet";
      case "INVALID_SIGNATURE" -> which + " was not signed by the key of the next one";
      case "NAME_CHAINING" -> which + " names another issuer than the next one";
      case "NOT_CA_CERT" -> which + " does not say that it may issue others";
      case "ALGORITHM_CONSTRAINED" -> which + " uses what this Java runtime does not accept";
      case "NO_TRUST_ANCHOR" -> "it ends at none of the roots that were given";
      default -> which + " breaks a rule of RFC 5280 (" + failure.getReason() + ")";
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
    Provider provider = Security.getProvider("SUN");
    if (provider == null) {
      throw new CertificateException("no provider SUN");
    }
    return provider;
  }
}

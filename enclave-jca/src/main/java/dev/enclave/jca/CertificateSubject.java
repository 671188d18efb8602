package dev.enclave.jca;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.util.IPAddress;

/**
 * Whom a certificate names. Immutable.
 *
 * @param name the distinguished name; that of a request may be empty
 * @param dnsNames of the extension subjectAltName (RFC 5280 §4.2.1.6), as {@code
 *     wallet.example.com}
 * @param ipAddresses of the same extension, as {@code 192.0.2.7} or {@code 2001:db8::7}
 */
public record CertificateSubject(
    X500Principal name, List<String> dnsNames, List<String> ipAddresses) {

  private static final Pattern DNS_NAME =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?");

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when a name is no DNS name, or an
   *     address no IP address
   */
  public CertificateSubject {
    dnsNames = List.copyOf(dnsNames);
    ipAddresses = List.copyOf(ipAddresses);
    dnsNames.forEach(
        dns ->
            require(DNS_NAME.matcher(dns).matches(), Texts.DNS_NAME.with(), "wallet.example.com"));
    ipAddresses.forEach(ip -> require(IPAddress.isValid(ip), Texts.IP_ADDRESS.with(), "192.0.2.7"));
  }

  private static void require(boolean met, String kind, String example) {
    if (!met) {
      throw Texts.SUBJECT_MALFORMED.as(ErrorCode.INVALID_ARGUMENT, kind, example);
    }
  }

  /**
   * A subject without alternative names.
   *
   * @param distinguishedName as RFC 2253 writes it, such as {@code CN=wallet.example.com,O=Example}
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when it is malformed
   */
  public static CertificateSubject named(String distinguishedName) {
    try {
      return new CertificateSubject(new X500Principal(distinguishedName), List.of(), List.of());
    } catch (IllegalArgumentException e) {
      throw Texts.NAME_MALFORMED.as(ErrorCode.INVALID_ARGUMENT);
    }
  }

  /** This subject with these DNS names in place of those it had. */
  public CertificateSubject dns(String... names) {
    return new CertificateSubject(name, Arrays.asList(names), ipAddresses);
  }

  /** This subject with these IP addresses in place of those it had. */
  public CertificateSubject ip(String... addresses) {
    return new CertificateSubject(name, dnsNames, Arrays.asList(addresses));
  }
}

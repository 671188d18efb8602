package dev.enclave.jca;

import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/**
 * Certificate requests and self-signed certificates for keys of Enclave. Each is one signature by
 * the key, audited as any other.
 */
public final class Certificates {

  private Certificates() {}

  /**
   * A certification request (PKCS#10, RFC 2986) as PEM ({@code CERTIFICATE REQUEST}, RFC 7468 §7),
   * for a certification authority. It asks for the subject's alternative names.
   *
   * @throws UsageException ({@link ErrorCode#UNSUPPORTED_ALGORITHM}) when X.509 has no name for the
   *     key's algorithm, which is so of Keccak-256
   * @throws EnclaveException as {@link dev.enclave.VersionSigner#sign} does
   */
  public static String request(EnclavePrivateKey key, CertificateSubject subject) {
    CertificationRequestInfo info =
        new CertificationRequestInfo(
            X500Name.getInstance(subject.name().getEncoded()), publicKey(key), attributes(subject));
    AlgorithmIdentifier algorithm = SignatureIdentifiers.of(key.signingAlgorithm());
    return Pem.block(
        "CERTIFICATE REQUEST",
        der(new CertificationRequest(info, algorithm, signature(key, info))));
  }

  /**
   * A certificate (RFC 5280) that the key signs itself, for peers that know its public key. It is
   * no certification authority's, and for digital signatures.
   *
   * @param notBefore the first second of its validity
   * @param validity how long it is valid, at least a second
   * @throws UsageException {@link ErrorCode#INVALID_ARGUMENT} when {@code validity} is shorter, or
   *     the distinguished name empty, which an issuer's may not be (RFC 5280 §4.1.2.4); {@link
   *     ErrorCode#UNSUPPORTED_ALGORITHM} as {@link #request}
   * @throws EnclaveException as {@link dev.enclave.VersionSigner#sign} does
   */
  public static X509Certificate selfSigned(
      EnclavePrivateKey key, CertificateSubject subject, Instant notBefore, Duration validity) {
    if (validity.toSeconds() < 1 || subject.name().getName().isEmpty()) {
      throw Texts.VALIDITY_TOO_SHORT.as(ErrorCode.INVALID_ARGUMENT);
    }
    AlgorithmIdentifier algorithm = SignatureIdentifiers.of(key.signingAlgorithm());
    X500Name name = X500Name.getInstance(subject.name().getEncoded());
    V3TBSCertificateGenerator content = new V3TBSCertificateGenerator();
    content.setSerialNumber(new ASN1Integer(serial(key, notBefore)));
    content.setSignature(algorithm);
    content.setIssuer(name);
    content.setSubject(name);
    content.setStartDate(new Time(Date.from(notBefore)));
    content.setEndDate(new Time(Date.from(notBefore.plus(validity))));
    content.setSubjectPublicKeyInfo(publicKey(key));
    content.setExtensions(ofSelfSigned(subject));
    TBSCertificate tbs = content.generateTBSCertificate();
    byte[] certificate =
        der(new DERSequence(new ASN1Encodable[] {tbs, algorithm, signature(key, tbs)}));
    return Pem.certificate(certificate);
  }

  /**
   * Positive, of 128 bits at most, and another one for each key and second (RFC 5280 §4.1.2.2).
   * Whoever signs a certificate for itself chooses all of it, so that a guess at it is of no use.
   */
  private static BigInteger serial(EnclavePrivateKey key, Instant notBefore) {
    byte[] fingerprint = ((OpaqueKey) key).fingerprint();
    return new BigInteger(1, Arrays.copyOf(fingerprint, 8))
        .shiftLeft(64)
        .or(BigInteger.valueOf(notBefore.getEpochSecond()).max(BigInteger.ONE));
  }

  private static SubjectPublicKeyInfo publicKey(EnclavePrivateKey key) {
    return SubjectPublicKeyInfo.getInstance(key.publicKey().getEncoded());
  }

  private static DERSet attributes(CertificateSubject subject) {
    if (alternativeNames(subject).length == 0) {
      return new DERSet();
    }
    ExtensionsGenerator wanted = new ExtensionsGenerator();
    addAlternativeNames(wanted, subject);
    return new DERSet(
        new Attribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSet(wanted.generate())));
  }

  private static Extensions ofSelfSigned(CertificateSubject subject) {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    add(extensions, Extension.basicConstraints, true, new BasicConstraints(false));
    add(extensions, Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    if (alternativeNames(subject).length > 0) {
      addAlternativeNames(extensions, subject);
    }
    return extensions.generate();
  }

  /** Critical where there is no other name (RFC 5280 §4.2.1.6). */
  private static void addAlternativeNames(ExtensionsGenerator to, CertificateSubject subject) {
    boolean alone = subject.name().getName().isEmpty();
    add(to, Extension.subjectAlternativeName, alone, new GeneralNames(alternativeNames(subject)));
  }

  private static GeneralName[] alternativeNames(CertificateSubject subject) {
    return Stream.concat(
            subject.dnsNames().stream().map(dns -> new GeneralName(GeneralName.dNSName, dns)),
            subject.ipAddresses().stream().map(ip -> new GeneralName(GeneralName.iPAddress, ip)))
        .toArray(GeneralName[]::new);
  }

  private static void add(
      ExtensionsGenerator to, ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    try {
      to.addExtension(id, critical, value);
    } catch (IOException e) {
      throw new IllegalStateException("octets in memory could not be written");
    }
  }

  private static DERBitString signature(EnclavePrivateKey key, ASN1Object content) {
    SigningAlgorithm algorithm = key.signingAlgorithm();
    SignatureEncoding x509 =
        algorithm.hasEncoding(SignatureEncoding.DER)
            ? SignatureEncoding.DER
            : SignatureEncoding.RAW;
    return new DERBitString(((OpaqueKey) key).sign(Message.of(der(content)), x509));
  }

  private static byte[] der(ASN1Object content) {
    try {
      return content.getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("octets in memory could not be written");
    }
  }
}

package dev.enclave.emulators.internal.x509;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V1TBSCertificateGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/**
 * Issues certificates with an RSA key, signed with SHA-256, valid by the system's clock.
 *
 * @param name its own name
 */
public record Issuer(String name, KeyPair pair) {

  private static final Duration BEFORE = Duration.ofDays(1);
  private static final Duration AFTER = Duration.ofDays(3650);
  private static final int SERIAL_BITS = 120;
  private static final AlgorithmIdentifier SHA256_WITH_RSA =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

  /** What a certificate says beside name, key and dates. */
  public enum Kind {
    /** Its subject may issue others. */
    ISSUER,
    /** Its subject may not issue others. */
    END_ENTITY,
    /** Version 3 without any extension. */
    BARE,
    /** Version 1, which has no extensions. */
    VERSION_1
  }

  /** A certificate about itself. */
  public X509Certificate selfSigned(SecureRandom random) {
    return issue(name, pair.getPublic(), random);
  }

  /** A certificate that {@code key} is {@code subject}'s, who may issue others. */
  public X509Certificate issue(String subject, PublicKey key, SecureRandom random) {
    return issue(Kind.ISSUER, subject, key, random);
  }

  /** A certificate that {@code key} is {@code subject}'s. */
  public X509Certificate issue(Kind kind, String subject, PublicKey key, SecureRandom random) {
    try {
      TBSCertificate unsigned =
          kind == Kind.VERSION_1
              ? version1(subject, key, random)
              : version3(kind, subject, key, random);
      Signature signature = Signature.getInstance("SHA256withRSA", "SunRsaSign");
      signature.initSign(pair.getPrivate(), random);
      signature.update(unsigned.getEncoded("DER"));
      ASN1EncodableVector parts = new ASN1EncodableVector();
      parts.add(unsigned);
      parts.add(SHA256_WITH_RSA);
      parts.add(new DERBitString(signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(new DERSequence(parts).getEncoded("DER")));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("This Java runtime makes no certificates.");
    }
  }

  private TBSCertificate version1(String subject, PublicKey key, SecureRandom random) {
    Instant now = Instant.now();
    V1TBSCertificateGenerator generator = new V1TBSCertificateGenerator();
    generator.setSerialNumber(serial(random));
    generator.setSignature(SHA256_WITH_RSA);
    generator.setIssuer(new X500Name(name));
    generator.setSubject(new X500Name(subject));
    generator.setStartDate(new Time(Date.from(now.minus(BEFORE))));
    generator.setEndDate(new Time(Date.from(now.plus(AFTER))));
    generator.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    return generator.generateTBSCertificate();
  }

  private TBSCertificate version3(Kind kind, String subject, PublicKey key, SecureRandom random)
      throws IOException {
    Instant now = Instant.now();
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(serial(random));
    generator.setSignature(SHA256_WITH_RSA);
    generator.setIssuer(new X500Name(name));
    generator.setSubject(new X500Name(subject));
    generator.setStartDate(new Time(Date.from(now.minus(BEFORE))));
    generator.setEndDate(new Time(Date.from(now.plus(AFTER))));
    generator.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    if (kind != Kind.BARE) {
      boolean issuer = kind == Kind.ISSUER;
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, issuer, new BasicConstraints(issuer));
      generator.setExtensions(extensions.generate());
    }
    return generator.generateTBSCertificate();
  }

  private static ASN1Integer serial(SecureRandom random) {
    return new ASN1Integer(new BigInteger(SERIAL_BITS, random));
  }
}

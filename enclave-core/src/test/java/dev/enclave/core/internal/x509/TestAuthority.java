package dev.enclave.core.internal.x509;

import dev.enclave.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
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
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Issues certificates, by a key on P-256 unless it is said to be RSA. */
record TestAuthority(String name, KeyPair pair) {

  static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

  private static final AlgorithmIdentifier ECDSA =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  private static final AlgorithmIdentifier RSA =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

  /** With a key as HSMs have. */
  static TestAuthority rsa(String name) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
      generator.initialize(2048);
      return new TestAuthority("CN=" + name, generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static TestAuthority named(String name) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return new TestAuthority("CN=" + name, generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Bytes selfSigned() {
    return issue(this, true);
  }

  Bytes issue(TestAuthority subject, boolean mayIssue) {
    return issue(subject, mayIssue, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(1)));
  }

  Bytes issue(TestAuthority subject, boolean mayIssue, Instant from, Instant to) {
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(new ASN1Integer(BigInteger.TEN));
    generator.setSignature(algorithm());
    generator.setIssuer(new X500Name(name));
    generator.setSubject(new X500Name(subject.name));
    generator.setStartDate(new Time(Date.from(from)));
    generator.setEndDate(new Time(Date.from(to)));
    generator.setSubjectPublicKeyInfo(subject.spki());
    try {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(mayIssue));
      generator.setExtensions(extensions.generate());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return signed(generator.generateTBSCertificate());
  }

  /** Of X.509 version 1. */
  Bytes issueVersion1(TestAuthority subject, Instant from, Instant to) {
    V1TBSCertificateGenerator generator = new V1TBSCertificateGenerator();
    generator.setSerialNumber(new ASN1Integer(BigInteger.TEN));
    generator.setSignature(algorithm());
    generator.setIssuer(new X500Name(name));
    generator.setSubject(new X500Name(subject.name));
    generator.setStartDate(new Time(Date.from(from)));
    generator.setEndDate(new Time(Date.from(to)));
    generator.setSubjectPublicKeyInfo(subject.spki());
    return signed(generator.generateTBSCertificate());
  }

  Bytes issueVersion1(TestAuthority subject) {
    return issueVersion1(subject, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(1)));
  }

  SubjectPublicKeyInfo spki() {
    return SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
  }

  private boolean isRsa() {
    return pair.getPublic().getAlgorithm().equals("RSA");
  }

  private AlgorithmIdentifier algorithm() {
    return isRsa() ? RSA : ECDSA;
  }

  private Bytes signed(TBSCertificate unsigned) {
    try {
      Signature signature =
          isRsa()
              ? Signature.getInstance("SHA256withRSA", "SunRsaSign")
              : Signature.getInstance("SHA256withECDSA", "SunEC");
      signature.initSign(pair.getPrivate());
      signature.update(unsigned.getEncoded("DER"));
      ASN1EncodableVector parts = new ASN1EncodableVector();
      parts.add(unsigned);
      parts.add(algorithm());
      parts.add(new DERBitString(signature.sign()));
      return Bytes.of(new DERSequence(parts).getEncoded("DER"));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

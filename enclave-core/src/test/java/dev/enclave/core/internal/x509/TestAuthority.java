package dev.enclave.core.internal.x509;

import dev.enclave.Bytes;
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
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Issues certificates of P-256 keys. */
record TestAuthority(String name, KeyPair pair) {

  static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

  private static final AlgorithmIdentifier ECDSA =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

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
    try {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(mayIssue));
      V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
      generator.setSerialNumber(new ASN1Integer(BigInteger.TEN));
      generator.setSignature(ECDSA);
      generator.setIssuer(new X500Name(name));
      generator.setSubject(new X500Name(subject.name));
      generator.setStartDate(new Time(Date.from(from)));
      generator.setEndDate(new Time(Date.from(to)));
      generator.setSubjectPublicKeyInfo(
          SubjectPublicKeyInfo.getInstance(subject.pair.getPublic().getEncoded()));
      generator.setExtensions(extensions.generate());
      TBSCertificate unsigned = generator.generateTBSCertificate();
      Signature signature = Signature.getInstance("SHA256withECDSA", "SunEC");
      signature.initSign(pair.getPrivate());
      signature.update(unsigned.getEncoded("DER"));
      ASN1EncodableVector parts = new ASN1EncodableVector();
      parts.add(unsigned);
      parts.add(ECDSA);
      parts.add(new DERBitString(signature.sign()));
      return Bytes.of(new DERSequence(parts).getEncoded("DER"));
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

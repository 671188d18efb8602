package dev.enclave.emulators.internal.http;

import dev.enclave.emulators.internal.x509.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * A self-signed certificate (RFC 5280) for localhost and 127.0.0.1 with a new key on P-256, valid
 * by the system's clock, which clients check it by. Immutable.
 */
public final class ServerCertificate {

  private static final Duration BEFORE = Duration.ofDays(1);
  private static final Duration AFTER = Duration.ofDays(90);
  private static final int SERIAL_BITS = 120;
  private static final char[] NO_PASSWORD = new char[0];

  private final X509Certificate certificate;
  private final PrivateKey privateKey;
  private final SSLContext context;

  private ServerCertificate(
      X509Certificate certificate, PrivateKey privateKey, SSLContext context) {
    this.certificate = certificate;
    this.privateKey = privateKey;
    this.context = context;
  }

  /** A new one. */
  public static ServerCertificate generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      X509Certificate certificate = selfSigned(pair, random);
      return new ServerCertificate(
          certificate, pair.getPrivate(), context(pair, certificate, random));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("This Java runtime makes no certificate for a TLS server.");
    }
  }

  private static X509Certificate selfSigned(KeyPair pair, SecureRandom random)
      throws GeneralSecurityException, IOException {
    AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    TBSCertificate unsigned = unsigned(pair, algorithm, random);
    Signature signature = Signature.getInstance("SHA256withECDSA", "SunEC");
    signature.initSign(pair.getPrivate(), random);
    signature.update(unsigned.getEncoded("DER"));
    ASN1EncodableVector parts = new ASN1EncodableVector();
    parts.add(unsigned);
    parts.add(algorithm);
    parts.add(new DERBitString(signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(new DERSequence(parts).getEncoded("DER")));
  }

  private static TBSCertificate unsigned(
      KeyPair pair, AlgorithmIdentifier algorithm, SecureRandom random) throws IOException {
    X500Name name = new X500Name("CN=Enclave emulator");
    Instant now = Instant.now();
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(new ASN1Integer(new BigInteger(SERIAL_BITS, random)));
    generator.setSignature(algorithm);
    generator.setIssuer(name);
    generator.setSubject(name);
    generator.setStartDate(new Time(Date.from(now.minus(BEFORE))));
    generator.setEndDate(new Time(Date.from(now.plus(AFTER))));
    generator.setSubjectPublicKeyInfo(
        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
    generator.setExtensions(extensions());
    return generator.generateTBSCertificate();
  }

  private static Extensions extensions() throws IOException {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, "localhost"),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            }));
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    extensions.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign));
    extensions.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    return extensions.generate();
  }

  private static SSLContext context(KeyPair pair, X509Certificate certificate, SecureRandom random)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("server", pair.getPrivate(), NO_PASSWORD, new Certificate[] {certificate});
    // PKIX's would derive the key from the password anew at every handshake.
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, random);
    return context;
  }

  /** The certificate, for clients to trust. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** Its key, for a server that does not speak by {@link SocketLayer}. */
  public PrivateKey privateKey() {
    return privateKey;
  }

  /** The certificate as PEM (RFC 7468 §5). */
  public String pem() {
    return Pem.of(certificate);
  }

  /** For a server that shows it. */
  SSLContext context() {
    return context;
  }
}

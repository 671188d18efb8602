package dev.enclave.jca.consumer;

import static dev.enclave.SigningAlgorithm.ED25519;
import static dev.enclave.SigningAlgorithm.RSA_PSS_2048_SHA256;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipFile;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import jdk.security.jarsigner.JarSigner;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.w3c.dom.Document;

/** Signed messages, time stamps, XML and jars. */
final class Documents {

  private static final BouncyCastleProvider BOUNCY_CASTLE = new BouncyCastleProvider();
  private static final byte[] CONTENT = "pay 10 to Alice".getBytes(StandardCharsets.UTF_8);

  private Documents() {}

  /** For RSASSA-PSS the builder asks a given provider for SHA-256 too. */
  private static ContentSigner signer(Certified key) throws Exception {
    JcaContentSignerBuilder signer = new JcaContentSignerBuilder(key.signature());
    if (key.algorithm() != RSA_PSS_2048_SHA256) {
      signer.setProvider(Certified.PROVIDER);
    }
    return signer.build(key.version());
  }

  private static DigestCalculatorProvider digests() throws Exception {
    return new JcaDigestCalculatorProviderBuilder().setProvider(BOUNCY_CASTLE).build();
  }

  private static SignerInformationVerifier verifier(X509Certificate certificate) throws Exception {
    return new JcaSimpleSignerInfoVerifierBuilder().setProvider(BOUNCY_CASTLE).build(certificate);
  }

  static Consumer cms() {
    return Consumer.ofAll(
        Consumer.named("Bouncy Castle CMS", CMSSignedData.class), Documents::byCms);
  }

  private static void byCms(Certified key) throws Exception {
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(digests()).build(signer(key), key.certificate()));
    byte[] signed = generator.generate(new CMSProcessableByteArray(CONTENT), true).getEncoded();

    assertThat(
            new CMSSignedData(signed)
                .getSignerInfos()
                .getSigners()
                .iterator()
                .next()
                .verify(verifier(key.certificate())))
        .isTrue();
  }

  static Consumer tsp() {
    return Consumer.ofAll(
        Consumer.named("Bouncy Castle TSP", TimeStampToken.class), Documents::byTsp);
  }

  private static void byTsp(Certified key) throws Exception {
    JcaX509v3CertificateBuilder certificate =
        new JcaX509v3CertificateBuilder(
            key.certificate(),
            BigInteger.TWO,
            key.certificate().getNotBefore(),
            key.certificate().getNotAfter(),
            key.certificate().getSubjectX500Principal(),
            key.version().publicKey());
    certificate.addExtension(
        Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
    X509Certificate stamping =
        new JcaX509CertificateConverter().getCertificate(certificate.build(signer(key)));
    SignerInfoGenerator signing =
        new JcaSignerInfoGeneratorBuilder(digests()).build(signer(key), stamping);
    TimeStampTokenGenerator authority =
        new TimeStampTokenGenerator(
            signing,
            digests().get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)),
            new ASN1ObjectIdentifier("1.2.3.4"));
    authority.addCertificates(new JcaCertStore(List.of(stamping)));
    TimeStampRequest request =
        new TimeStampRequestGenerator().generate(TSPAlgorithms.SHA256, new byte[32]);

    byte[] token =
        authority
            .generate(request, BigInteger.ONE, Date.from(stamping.getNotBefore().toInstant()))
            .getEncoded();

    new TimeStampToken(new CMSSignedData(token)).validate(verifier(stamping));
  }

  static Consumer xml() {
    return Consumer.ofAll("XML-DSig of the JDK", Documents::byXml);
  }

  private static void byXml(Certified key) throws Exception {
    String method =
        switch (key.algorithm()) {
          case ED25519 -> "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519";
          case ECDSA_P256_SHA256 -> "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
          case ECDSA_P384_SHA384 -> "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
          case RSA_PKCS1_2048_SHA256 -> "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
          default -> "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1";
        };
    DocumentBuilderFactory documents = DocumentBuilderFactory.newInstance();
    documents.setNamespaceAware(true);
    Document document = documents.newDocumentBuilder().newDocument();
    document.appendChild(document.createElement("payment"));
    XMLSignatureFactory xml = XMLSignatureFactory.getInstance("DOM");
    Reference whole =
        xml.newReference(
            "",
            xml.newDigestMethod(DigestMethod.SHA256, null),
            List.of(xml.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null)),
            null,
            null);
    SignedInfo info =
        xml.newSignedInfo(
            xml.newCanonicalizationMethod(
                "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", (C14NMethodParameterSpec) null),
            xml.newSignatureMethod(method, null),
            List.of(whole));
    DOMSignContext signing = new DOMSignContext(key.version(), document.getDocumentElement());
    signing.setProperty("org.jcp.xml.dsig.internal.dom.SignatureProvider", Certified.PROVIDER);
    xml.newXMLSignature(info, null).sign(signing);

    DOMValidateContext validating =
        new DOMValidateContext(
            key.version().publicKey(),
            document
                .getElementsByTagNameNS("http://www.w3.org/2000/09/xmldsig#", "Signature")
                .item(0));
    assertThat(xml.unmarshalXMLSignature(validating).validate(validating)).isTrue();
  }

  static Consumer jar() {
    return Consumer.ofAll("JarSigner of the JDK", Documents::byJarSigner);
  }

  private static void byJarSigner(Certified key) throws Exception {
    Path unsigned = Files.createTempFile("unsigned", ".jar");
    Path signed = Files.createTempFile("signed", ".jar");
    try {
      try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(unsigned))) {
        jar.putNextEntry(new JarEntry("wallet.txt"));
        jar.write(CONTENT);
      }
      PrivateKeyEntry entry =
          new PrivateKeyEntry(key.version(), new Certificate[] {key.certificate()});
      try (ZipFile from = new ZipFile(unsigned.toFile());
          OutputStream to = Files.newOutputStream(signed)) {
        new JarSigner.Builder(entry)
            .digestAlgorithm("SHA-256")
            .signatureAlgorithm(
                key.algorithm() == RSA_PSS_2048_SHA256 ? "RSASSA-PSS" : key.signature(),
                Certified.PROVIDER)
            .build()
            .sign(from, to);
      }
      try (JarFile jar = new JarFile(signed.toFile(), true)) {
        JarEntry read = jar.getJarEntry("wallet.txt");
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        jar.getInputStream(read).transferTo(content);
        assertThat(content.toByteArray()).isEqualTo(CONTENT);
        assertThat(read.getCodeSigners()).hasSize(1);
        assertThat(Collections.list(jar.entries())).hasSizeGreaterThan(3);
      }
    } finally {
      Files.delete(unsigned);
      Files.delete(signed);
    }
  }
}

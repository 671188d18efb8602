package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.KeyOperationAttestation;
import com.google.cloud.kms.v1.KeyOperationAttestation.AttestationFormat;
import com.google.protobuf.ByteString;
import dev.enclave.Bytes;
import dev.enclave.spi.Attester.Attestation;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * What the HSM says of a version, fetched and read: that it is about this very version, whether it
 * was made there, and whether the leaf's key signed it. Whether the chain ends at the
 * manufacturer's and Google's roots is for whoever has these from elsewhere.
 */
final class GcpAttestations {

  private static final int LONGEST = 1 << 20;

  private final GcpDirectory directory;

  GcpAttestations(GcpDirectory directory) {
    this.directory = directory;
  }

  Attestation attest(KeyVersionRef ref, CallContext call) throws BackendFailure {
    if (!GcpNames.names(ref.providerUri(), ref.version())) {
      throw GcpRefusals.COMMON.noVersion(ref.name(), ref.version());
    }
    CryptoKeyVersion version = directory.version(ref.providerUri(), call);
    KeyOperationAttestation given = version.getAttestation();
    if (!version.hasAttestation() || given.getContent().isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "Cloud KMS has no attestation of "
              + ref.providerUri()
              + ", which is of protection level "
              + version.getProtectionLevel()
              + ". Versions in an HSM have one.");
    }
    List<X509Certificate> chain = certificates(given.getCertChains().getCaviumCertsList());
    return new Attestation(
        given.getFormat().toString(),
        Bytes.of(given.getContent().toByteArray()),
        encoded(chain),
        facts(ref, given, chain));
  }

  private static Map<String, String> facts(
      KeyVersionRef ref, KeyOperationAttestation given, List<X509Certificate> chain)
      throws BackendFailure {
    Map<String, String> facts = new TreeMap<>();
    facts.put(
        "certificates",
        "manufacturer "
            + given.getCertChains().getCaviumCertsCount()
            + ", Google card "
            + given.getCertChains().getGoogleCardCertsCount()
            + ", Google partition "
            + given.getCertChains().getGooglePartitionCertsCount());
    byte[] statement = unpacked(given.getContent());
    facts.put("signed by the leaf certificate's key", signed(statement, chain));
    boolean v2 = given.getFormat() == AttestationFormat.CAVIUM_V2_COMPRESSED;
    Map<Integer, byte[]> attributes = CaviumStatement.attributes(statement, v2).orElse(Map.of());
    byte[] id = attributes.get(CaviumStatement.ID);
    if (id == null) {
      facts.put("attributes", "laid out in a way that is not known here");
      return facts;
    }
    if (!Arrays.equals(id, sha256(ref.providerUri()))) {
      throw GcpRefusals.wrongAnswer("the attestation is of another version");
    }
    facts.put("of this version", "yes, by the SHA-256 of its name");
    facts.put("made in the HSM", flag(attributes.get(CaviumStatement.LOCAL)));
    facts.put("extractable", flag(attributes.get(CaviumStatement.EXTRACTABLE)));
    facts.put("never extractable", flag(attributes.get(CaviumStatement.NEVER_EXTRACTABLE)));
    return facts;
  }

  private static String flag(byte @org.jspecify.annotations.Nullable [] value) {
    if (value == null || value.length == 0) {
      return "not said";
    }
    for (byte b : value) {
      if (b != 0) {
        return "yes";
      }
    }
    return "no";
  }

  private static byte[] unpacked(ByteString content) throws BackendFailure {
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(content.toByteArray()))) {
      byte[] statement = in.readNBytes(LONGEST);
      if (in.read() == -1) {
        return statement;
      }
    } catch (IOException e) {
      throw GcpRefusals.wrongAnswer("the attestation cannot be unpacked");
    }
    throw GcpRefusals.wrongAnswer("the attestation is too long");
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256 over all that comes before. */
  private static String signed(byte[] statement, List<X509Certificate> chain)
      throws BackendFailure {
    int signedBytes = statement.length - CaviumStatement.SIGNATURE_BYTES;
    if (chain.isEmpty() || signedBytes < 0) {
      return "not checked";
    }
    try {
      Signature verifier = Signature.getInstance("SHA256withRSA", provider("SunRsaSign"));
      verifier.initVerify(chain.get(0).getPublicKey());
      verifier.update(statement, 0, signedBytes);
      if (verifier.verify(statement, signedBytes, CaviumStatement.SIGNATURE_BYTES)) {
        return "yes";
      }
    } catch (GeneralSecurityException e) {
      return "not checked";
    }
    throw GcpRefusals.wrongAnswer("the attestation is not signed by its certificate's key");
  }

  private static byte[] sha256(String text) throws BackendFailure {
    try {
      return MessageDigest.getInstance("SHA-256", provider("SUN"))
          .digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw unsupported();
    }
  }

  private static List<X509Certificate> certificates(List<String> pems) throws BackendFailure {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509", provider("SUN"));
      for (String pem : pems) {
        certificates.add(
            (X509Certificate)
                factory.generateCertificate(
                    new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
      }
    } catch (GeneralSecurityException e) {
      throw GcpRefusals.wrongAnswer("a certificate of the attestation cannot be read");
    }
    return certificates;
  }

  private static List<Bytes> encoded(List<X509Certificate> chain) throws BackendFailure {
    List<Bytes> encoded = new ArrayList<>();
    try {
      for (X509Certificate certificate : chain) {
        encoded.add(Bytes.of(certificate.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw GcpRefusals.wrongAnswer("a certificate of the attestation cannot be read");
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

  private static BackendFailure unsupported() {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "This JDK lacks what an attestation is read with. Use one with SUN and SunRsaSign.");
  }
}

package dev.enclave.emulators.internal.gcp.attestation;

import static dev.enclave.emulators.internal.x509.Issuer.Kind.BARE;
import static dev.enclave.emulators.internal.x509.Issuer.Kind.END_ENTITY;
import static dev.enclave.emulators.internal.x509.Issuer.Kind.VERSION_1;

import com.google.cloud.kms.v1.KeyOperationAttestation.CertificateChains;
import dev.enclave.emulators.internal.x509.Issuer;
import dev.enclave.emulators.internal.x509.Pem;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The certificates of one HSM. "Verifying attestations" and its script: the manufacturer's root
 * signs the card's certificate and the card the partition's; the owner's root signs two more, for
 * the same two keys; the partition's key signs attestations. Roots are not in the chains. As in
 * statements that are public, the manufacturer's certificate of a card is of X.509 version 1, its
 * certificate of a partition has no extensions, and the owner's say that their subjects may not
 * issue others. Names and keys are made up here, so that nothing passes for a statement of a real
 * HSM. Immutable.
 */
final class Chains {

  private static final String MANUFACTURER = "CN=Emulated HSM manufacturer root";
  private static final String OWNER = "CN=Emulated HSM owner root";
  private static final String CARD = "CN=Emulated HSM card";
  private static final String PARTITION = "CN=Emulated HSM partition";
  private static final int BITS = 2048;

  private final KeyPair partition;
  private final String manufacturerRoot;
  private final String ownerRoot;
  private final CertificateChains chains;

  Chains(SecureRandom random) {
    // Each takes its time, and a test waits for all of them.
    List<KeyPair> pairs = IntStream.range(0, 4).parallel().mapToObj(any -> pair(random)).toList();
    Issuer manufacturer = new Issuer(MANUFACTURER, pairs.get(0));
    Issuer owner = new Issuer(OWNER, pairs.get(1));
    Issuer card = new Issuer(CARD, pairs.get(2));
    partition = pairs.get(3);
    manufacturerRoot = pem(manufacturer.selfSigned(random));
    ownerRoot = pem(owner.selfSigned(random));
    // resources.proto, CertificateChains: "ordered based on RFC 5246 section 7.4.2".
    chains =
        CertificateChains.newBuilder()
            .addCaviumCerts(pem(card.issue(BARE, PARTITION, partition.getPublic(), random)))
            .addCaviumCerts(
                pem(manufacturer.issue(VERSION_1, CARD, card.pair().getPublic(), random)))
            .addGoogleCardCerts(pem(owner.issue(END_ENTITY, CARD, card.pair().getPublic(), random)))
            .addGooglePartitionCerts(
                pem(owner.issue(END_ENTITY, PARTITION, partition.getPublic(), random)))
            .build();
  }

  private static KeyPair pair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
      generator.initialize(BITS, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime makes no RSA keys.");
    }
  }

  private static String pem(X509Certificate certificate) {
    return Pem.of(certificate);
  }

  CertificateChains chains() {
    return chains;
  }

  String manufacturerRoot() {
    return manufacturerRoot;
  }

  String ownerRoot() {
    return ownerRoot;
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256 of the partition, 256 bytes, as the script checks it. */
  byte[] sign(byte[] data, SecureRandom random) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA", "SunRsaSign");
      signature.initSign(partition.getPrivate(), random);
      signature.update(data);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The partition could not sign.");
    }
  }
}

package dev.enclave.emulators.internal.azure.attestation;

import dev.enclave.emulators.internal.x509.Issuer;
import dev.enclave.emulators.internal.x509.Pem;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The partition of an HSM that a managed HSM is, with its certificates. "Validate Azure Managed HSM
 * keys with key attestation" and its scripts: the manufacturer's root, which is not among them,
 * signs the adapter's certificate and the adapter the partition's; Microsoft's own root, which is
 * among them, signs another one for the same key of the partition; that key signs attestations.
 * Names and keys are made up here, so that nothing passes for a statement of a real HSM. Immutable.
 */
final class Partition {

  private static final String ADAPTER = "CN=Emulated HSM adapter";
  private static final String PARTITION = "CN=Emulated HSM partition";
  private static final int BITS = 2048;

  private final KeyPair pair;
  private final String root;
  private final String certificates;

  Partition(SecureRandom random) {
    // Each takes its time, and a test waits for all of them.
    List<KeyPair> pairs = IntStream.range(0, 4).parallel().mapToObj(any -> pair(random)).toList();
    Issuer manufacturer = new Issuer("CN=Emulated HSM manufacturer root", pairs.get(0));
    Issuer owner = new Issuer("CN=Emulated HSM partition root", pairs.get(1));
    Issuer adapter = new Issuer(ADAPTER, pairs.get(2));
    pair = pairs.get(3);
    root = Pem.of(manufacturer.selfSigned(random));
    certificates =
        Pem.of(owner.selfSigned(random))
            + Pem.of(manufacturer.issue(ADAPTER, adapter.pair().getPublic(), random))
            + Pem.of(owner.issue(PARTITION, pair.getPublic(), random))
            + Pem.of(adapter.issue(PARTITION, pair.getPublic(), random));
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

  /** The certificate that the manufacturer's chain ends in, as PEM. */
  String root() {
    return root;
  }

  /** All others, as PEM, in no order that a reader could rely on. */
  String certificates() {
    return certificates;
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256, 256 bytes, as the scripts check it for firmware 3. */
  byte[] sign(byte[] data, SecureRandom random) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA", "SunRsaSign");
      signature.initSign(pair.getPrivate(), random);
      signature.update(data);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The partition could not sign.");
    }
  }
}

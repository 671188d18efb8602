package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A process where providers that note what they are asked have the names of the real ones and the
 * first places. Prints what they were asked for, and the engines.
 */
final class RogueProviders {

  private static final Set<String> CRYPTOGRAPHIC =
      Set.of(
          "Signature",
          "MessageDigest",
          "Mac",
          "Cipher",
          "KeyFactory",
          "KeyPairGenerator",
          "KeyGenerator",
          "SecretKeyFactory",
          "AlgorithmParameters");

  private static final Set<String> ASKED = Collections.synchronizedSet(new TreeSet<>());

  private static final class Rogue extends Provider {

    private static final long serialVersionUID = 1L;

    Rogue(String name) {
      super(name, "1", "takes note of what it is asked for");
    }

    @Override
    public Service getService(String type, String algorithm) {
      if (CRYPTOGRAPHIC.contains(type)) {
        ASKED.add(getName() + ":" + type + "." + algorithm);
      }
      return super.getService(type, algorithm);
    }
  }

  private RogueProviders() {}

  /**
   * What such a process prints, which ends well.
   *
   * @param options of its JVM
   */
  static List<String> run(List<String> options, String... arguments)
      throws IOException, InterruptedException {
    return Ended.run(JavaCommand.of(options, RogueProviders.class, arguments))
        .succeeded()
        .lines()
        .toList();
  }

  public static void main(String[] arguments) {
    SecureRandom random = new SecureRandom();
    if (arguments.length > 0) {
      // Away with the JDK's own, so that its name is free.
      Security.removeProvider(arguments[0]);
      Security.insertProviderAt(new Rogue(arguments[0]), 1);
    }
    Security.insertProviderAt(new Rogue("AmazonCorrettoCryptoProvider"), 1);
    Security.insertProviderAt(new Rogue("BC"), 1);
    CryptoEngines.inventory()
        .forEach(info -> System.out.println("engine " + info.algorithm() + " " + info.engine()));
    for (KeyAlgorithm algorithm : KeyAlgorithm.all()) {
      if (algorithm.keyBits() < 3072) {
        use(algorithm, random);
      }
    }
    System.out.println("asked " + ASKED);
  }

  private static void use(KeyAlgorithm algorithm, SecureRandom random) {
    LocalKey made = LocalKey.generate(algorithm, random);
    try (SecretBytes encoded = made.encode();
        LocalKey key = LocalKey.decode(algorithm, encoded, random)) {
      if (algorithm.purpose() != KeyPurpose.SIGN) {
        key.unwrap(key.wrap(SecretBytes.takeOver(new byte[32]))).close();
        return;
      }
      Message message = Message.ofUtf8("pay 7 to Alice");
      PublicKeyInfo publicKey =
          PublicKeyInfo.fromPem(key.publicKey().orElseThrow().toPem(), algorithm);
      Bytes signature = key.sign(message);
      if (publicKey.toPublicKey().getEncoded().length != publicKey.spki().size()) {
        throw new AssertionError(algorithm);
      }
      if (!SignatureVerifier.of(publicKey)
          .verify(message, signature, algorithm.defaultEncoding())) {
        throw new AssertionError(algorithm);
      }
      algorithm
          .digest()
          .map(hash -> Hashing.digest(hash, message))
          .ifPresent(digest -> Signatures.recoveryId(publicKey, digest, key.sign(digest)));
    }
  }
}

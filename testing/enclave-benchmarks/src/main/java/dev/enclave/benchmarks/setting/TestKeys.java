package dev.enclave.benchmarks.setting;

import dev.enclave.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.util.Objects;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Throw-away keys for contenders that have no store, as each imports them into its own form. Kept
 * in files, since making an RSA key takes longer than measuring with it.
 *
 * @param pkcs8 the private key as PrivateKeyInfo, RFC 5208
 * @param spki the public key as SubjectPublicKeyInfo, RFC 5280
 */
public record TestKeys(Bytes pkcs8, Bytes spki) {

  public static TestKeys of(Scheme scheme, Path directory)
      throws GeneralSecurityException, IOException {
    Path privateFile = directory.resolve(scheme.name() + ".pkcs8");
    Path publicFile = directory.resolve(scheme.name() + ".spki");
    if (!Files.exists(publicFile)) {
      KeyPair pair = generate(scheme);
      Files.write(privateFile, pair.getPrivate().getEncoded());
      Files.write(publicFile, pair.getPublic().getEncoded());
    }
    return new TestKeys(
        Bytes.of(Files.readAllBytes(privateFile)), Bytes.of(Files.readAllBytes(publicFile)));
  }

  private static KeyPair generate(Scheme scheme) throws GeneralSecurityException {
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(scheme.keyType(), generatorProvider(scheme));
    switch (scheme) {
      case P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
      case P384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
      case P521 -> generator.initialize(new ECGenParameterSpec("secp521r1"));
      case SECP256K1 -> generator.initialize(new ECGenParameterSpec("secp256k1"));
      case RSA_2048, RSA_4096 -> generator.initialize(scheme.algorithm().keyBits());
      case ED25519 -> {}
    }
    return generator.generateKeyPair();
  }

  private static Provider generatorProvider(Scheme scheme) {
    if (scheme == Scheme.SECP256K1) {
      return new BouncyCastleProvider();
    }
    return provider(scheme.rsa() ? "SunRsaSign" : "SunEC");
  }

  /** A provider that every JDK has. */
  public static Provider provider(String name) {
    return Objects.requireNonNull(Security.getProvider(name), name);
  }
}

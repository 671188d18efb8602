package dev.enclave.crypto.internal.forms;

import dev.enclave.PublicKeyInfo;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * Public keys as objects of JCA, made by named providers. Bouncy Castle's objects have the JDK's
 * interfaces and every curve, and making one asks no other provider, which the JDK's EC keys do for
 * their parameters. Ed25519 is the JDK's: Bouncy Castle has its interface only while its jar keeps
 * the classes for newer JDKs, which a jar put together of several often loses.
 */
public final class JcaKeys {

  /** Up to JDK 21 the former, then the latter. */
  private static final List<String> MODULES_OF_SUN_EC = List.of("jdk.crypto.ec", "java.base");

  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();
  private static final Provider ED25519 = jdkEdDsa(Security.getProvider("SunEC"));

  private JcaKeys() {}

  public static PublicKey of(PublicKeyInfo key) {
    return switch (key.algorithm().family()) {
      case EDDSA -> read(key, "Ed25519", ED25519);
      case ECDSA -> read(key, "EC", BOUNCY_CASTLE);
      default -> read(key, "RSA", BOUNCY_CASTLE);
    };
  }

  private static PublicKey read(PublicKeyInfo key, String algorithm, Provider provider) {
    try {
      return KeyFactory.getInstance(algorithm, provider)
          .generatePublic(new X509EncodedKeySpec(key.spki().toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was checked is refused by " + provider.getName());
    }
  }

  /** Whoever registered another provider by the JDK's name is not asked. */
  static Provider jdkEdDsa(@Nullable Provider provider) {
    return provider != null
            && isOfTheJdk(provider.getClass().getModule())
            && provider.getService("KeyFactory", "Ed25519") != null
        ? provider
        : BOUNCY_CASTLE;
  }

  private static boolean isOfTheJdk(Module module) {
    return module.isNamed() && MODULES_OF_SUN_EC.contains(module.getName());
  }
}

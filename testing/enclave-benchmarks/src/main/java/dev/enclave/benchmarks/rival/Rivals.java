package dev.enclave.benchmarks.rival;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.TestKeys;
import java.nio.file.Path;
import java.security.Provider;
import java.util.UUID;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.conscrypt.Conscrypt;

/** Opens contenders. No provider is registered: each is used as an object. */
public final class Rivals {

  private static final int MESSAGE_LENGTH = 32;

  private Rivals() {}

  public static Rival open(Contender contender, Scheme scheme, Path directory) throws Exception {
    byte[] message = message();
    return switch (contender) {
      case ENCLAVE -> EnclaveRival.open(directory, scheme);
      case RAW ->
          scheme == Scheme.SECP256K1
              ? new LibSecp256k1Rival(TestKeys.of(scheme, directory), message)
              : jca(AmazonCorrettoCryptoProvider.INSTANCE, scheme, directory, message);
      case BOUNCY_CASTLE -> jca(new BouncyCastleProvider(), scheme, directory, message);
      case JDK, JDK_17 -> jca(ofTheJdk(scheme), scheme, directory, message);
      case CONSCRYPT -> jca(Conscrypt.newProvider(), scheme, directory, message);
      case TINK -> new TinkRival(scheme, message);
    };
  }

  public static byte[] message() {
    byte[] message = new byte[MESSAGE_LENGTH];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) i;
    }
    return message;
  }

  /** For a key at a cloud, where others may make theirs. */
  public static String newName() {
    return "rival-" + UUID.randomUUID();
  }

  private static Rival jca(Provider provider, Scheme scheme, Path directory, byte[] message)
      throws Exception {
    return new JcaRival(provider, scheme, TestKeys.of(scheme, directory), message);
  }

  private static Provider ofTheJdk(Scheme scheme) {
    return TestKeys.provider(scheme.rsa() ? "SunRsaSign" : "SunEC");
  }
}

package dev.enclave.crypto.internal.hash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JdkHashesTest {

  /** Says of everything that its hash is zero. */
  public static final class Zeros extends MessageDigestSpi implements Cloneable {

    /** For the provider. */
    public Zeros() {}

    @Override
    protected void engineUpdate(byte input) {}

    @Override
    protected void engineUpdate(byte[] input, int from, int length) {}

    @Override
    protected byte[] engineDigest() {
      return new byte[32];
    }

    @Override
    protected void engineReset() {}
  }

  private static final class Rogue extends Provider {

    private static final long serialVersionUID = 1L;

    Rogue() {
      super("SUN", "1", "is not the JDK's");
      put("MessageDigest.SHA-256", Zeros.class.getName());
    }
  }

  /** Has the JDK's class under the JDK's name, and is not the JDK's. */
  private static final class Impostor extends Provider {

    private static final long serialVersionUID = 1L;

    Impostor() {
      super("SUN", "1", "not the JDK's");
      put("MessageDigest.SHA-256", "sun.security.provider.SHA2$SHA256");
    }
  }

  @Test
  void takesNothingFromAProviderThatOnlyHasTheName() {
    assertThat(new JdkHashes(new Rogue()).digest(DigestAlgorithm.SHA_256)).isNull();
    assertThat(new JdkHashes(new Impostor()).digest(DigestAlgorithm.SHA_256)).isNull();
    assertThat(new JdkHashes(null).digest(DigestAlgorithm.SHA_256)).isNull();
  }

  @Test
  void takesNoClassThatSomebodyPutIntoTheJdksOwnProvider() {
    Provider jdk = Security.getProvider("SunRsaSign");
    jdk.put("MessageDigest.SHA-256", Zeros.class.getName());
    try {
      assertThat(new JdkHashes(jdk).digest(DigestAlgorithm.SHA_256)).isNull();
    } finally {
      jdk.remove("MessageDigest.SHA-256");
    }
  }

  @Test
  void giveSha256InParts_byBouncyCastleWhereTheJdksIsMissing() {
    MessageDigest theirs = Digests.sha256(new JdkHashes(null));
    MessageDigest ours = Hashing.sha256();
    assertThat(theirs.getClass().getName()).startsWith("org.bouncycastle.");
    assertThat(ours.getProvider()).isEqualTo(Security.getProvider("SUN"));
    for (String part : List.of("", "a", "b".repeat(600))) {
      byte[] bytes = part.getBytes(StandardCharsets.US_ASCII);
      theirs.update(bytes);
      ours.update(bytes);
      assertThat(Bytes.of(theirs.digest(bytes))).isEqualTo(Bytes.of(ours.digest(bytes)));
    }
  }

  @Test
  void areThere_butForKeccak() {
    assertThat(Security.getProvider("SUN")).isNotNull();
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      assertThat(JdkHashes.present().digest(algorithm) != null)
          .isEqualTo(algorithm != DigestAlgorithm.KECCAK_256);
    }
  }

  @ParameterizedTest
  @EnumSource
  void hashAsBouncyCastleDoes(DigestAlgorithm algorithm) {
    Random random = new SecureRandom();
    for (int length = 0; length < 600; length++) {
      byte[] data = new byte[length];
      random.nextBytes(data);
      org.bouncycastle.crypto.Digest theirs = Digests.engine(algorithm);
      theirs.update(data, 0, length);
      byte[] expected = new byte[theirs.getDigestSize()];
      theirs.doFinal(expected, 0);
      Digest ours = Hashing.digest(algorithm, Message.of(data));
      assertThat(ours.value()).isEqualTo(Bytes.of(expected));
      org.bouncycastle.crypto.Digest padding = Digests.fastest(algorithm);
      padding.update(data, 0, length);
      byte[] adapted = new byte[padding.getDigestSize()];
      padding.doFinal(adapted, 0);
      assertThat(adapted).isEqualTo(expected);
    }
  }
}

package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SealedBytes;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.RotationRequest;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hostile JCA provider at position 1 is never asked for anything cryptographic. */
class RogueJcaProviderTest {

  private static final Set<String> CRYPTOGRAPHIC =
      Set.of(
          "Signature",
          "MessageDigest",
          "Mac",
          "Cipher",
          "KeyFactory",
          "KeyPairGenerator",
          "KeyGenerator",
          "KeyAgreement",
          "SecretKeyFactory",
          "SecureRandom",
          "AlgorithmParameters");

  private static final class RogueProvider extends Provider {

    private static final long serialVersionUID = 1L;

    private final transient Set<String> asked = Collections.synchronizedSet(new TreeSet<>());

    RogueProvider() {
      super("Rogue", "1", "takes note of what it is asked for");
      put("SecureRandom.ROGUE", RogueRandom.class.getName());
    }

    @Override
    public Service getService(String type, String algorithm) {
      if (CRYPTOGRAPHIC.contains(type)) {
        asked.add(type + "." + algorithm);
      }
      return super.getService(type, algorithm);
    }
  }

  /**
   * Whoever takes the default source of randomness gets what anybody can foretell. Bouncy Castle
   * does, to blind the normalisation of points; keys, nonces and data keys must not.
   */
  public static final class RogueRandom extends SecureRandomSpi {

    private static final long serialVersionUID = 1L;

    private final Random foretold = new Random(42);

    public RogueRandom() {}

    @Override
    protected void engineSetSeed(byte[] seed) {}

    @Override
    protected void engineNextBytes(byte[] bytes) {
      foretold.nextBytes(bytes);
    }

    @Override
    protected byte[] engineGenerateSeed(int length) {
      return new byte[length];
    }
  }

  private final RogueProvider rogue = new RogueProvider();

  @BeforeEach
  void register() {
    assertThat(Security.insertProviderAt(rogue, 1)).isEqualTo(1);
  }

  @AfterEach
  void remove() {
    Security.removeProvider("Rogue");
  }

  @Test
  void isAsked_whenSomebodyUsesTheDefaultOrder() throws NoSuchAlgorithmException {
    MessageDigest.getInstance("SHA-256");
    assertThat(rogue.asked).containsExactly("MessageDigest.SHA-256");
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    byte[] foretold = new byte[16];
    new Random(42).nextBytes(foretold);
    assertThat(random).isEqualTo(foretold);
  }

  @Test
  void isNeverAsked_whateverEnclaveDoes() {
    try (Enclave enclave =
        EnclaveFactory.builder()
            .discovery(false)
            .with(FakeEnvironment.empty())
            .with(new dev.enclave.testkit.RecordingAuditSink())
            .with(new InMemoryProvider())
            .config(new ConfigSource("test", Map.of("enclave.environment", "production")))
            .open()) {
      for (KeyAlgorithm algorithm : KeyAlgorithm.all()) {
        if (algorithm.keyBits() < 3072) {
          use(enclave, algorithm);
        }
      }
    }
    assertThat(rogue.asked).isSubsetOf("SecureRandom.ROGUE");
  }

  private static void use(Enclave enclave, KeyAlgorithm algorithm) {
    String name = algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
    KeySpec.Named named = KeySpec.named(name);
    if (algorithm instanceof WrappingAlgorithm wrapping) {
      enclave.createKey(named.algorithm(wrapping));
      SealedBytes box = enclave.seal(name, new byte[8], new byte[1]);
      assertThat(enclave.unseal(box, new byte[1])).hasSize(8);
      assertThat(box.nonce().toByteArray()).isNotEqualTo(new byte[12]);
      assertThat(enclave.seal(name, new byte[8], new byte[1]).commitment())
          .isNotEqualTo(box.commitment());
      return;
    }
    SigningKey key = enclave.createKey(named.algorithm((SigningAlgorithm) algorithm));
    Message message = Message.ofUtf8("pay 10 to Alice");
    assertThat(key.verify(message, key.sign(message))).isTrue();
    PublicKeyInfo first = key.publicKey();
    enclave.admin().key(key.handle()).rotate(RotationRequest.now());
    assertThat(key.publicKey()).isNotEqualTo(first);
    key.publicKeys().toJwks();
    key.publicKey().toPem();
  }
}

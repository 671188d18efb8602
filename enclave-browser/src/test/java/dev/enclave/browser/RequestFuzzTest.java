package dev.enclave.browser;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SigningAlgorithm;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Requests made of genuine ones, none of which is genuine; the long form is in scripts/soak.sh. */
class RequestFuzzTest {

  private static final int REQUESTS = Integer.getInteger("enclave.soak.browser-requests", 1000);
  private static final String OWNER = "user:7";
  private static final List<WalletAction> ACTIONS = List.of(WalletAction.values());

  private final WalletStore store = new InMemoryWalletStore();
  private final BrowserWallets wallets =
      BrowserWallets.builder(JavaWallet.ORIGIN, store, new StepClock(), new SecureRandom()).build();
  private final Random random = new Random(60);
  private final List<JavaWallet> registered = new ArrayList<>();
  private final JavaWallet stranger = JavaWallet.create(SigningAlgorithm.ED25519);

  @Test
  void acceptsNoneOfThem_andThrowsAtNone() {
    for (SigningAlgorithm algorithm :
        List.of(SigningAlgorithm.ED25519, SigningAlgorithm.ECDSA_P256_SHA256)) {
      JavaWallet wallet = JavaWallet.create(algorithm);
      Challenge challenge = wallets.challenge(OWNER, WalletAction.REGISTER, "fuzz");
      assertThat(wallets.receive(OWNER, WalletAction.REGISTER, "fuzz", wallet.register(challenge)))
          .isInstanceOf(Reception.Accepted.class);
      registered.add(wallet);
    }
    List<WalletKey> before = wallets.keys(OWNER);
    int accepted = 0;
    for (int i = 0; i < REQUESTS; i++) {
      WalletAction action = ACTIONS.get(random.nextInt(ACTIONS.size()));
      Challenge challenge = wallets.challenge(OWNER, action, "fuzz");
      JavaWallet wallet = registered.get(i % registered.size());
      String genuine = genuine(wallet, challenge);
      String changed = random.nextInt(3) == 0 ? signedAnew(wallet, challenge) : changed(genuine);
      if (!changed.equals(genuine)
          && wallets.receive(OWNER, action, "fuzz", changed) instanceof Reception.Accepted) {
        accepted++;
      }
    }
    System.out.println(REQUESTS + " forged requests of browsers: " + accepted + " accepted");
    assertThat(accepted).isZero();
    assertThat(wallets.keys(OWNER)).isEqualTo(before);
  }

  private static String genuine(JavaWallet wallet, Challenge challenge) {
    return switch (challenge.action()) {
      case REGISTER -> JavaWallet.create(SigningAlgorithm.ED25519).register(challenge);
      case SIGN -> wallet.sign(challenge, "Pay 3 to Ann");
      case ROTATE -> wallet.rotate(challenge, JavaWallet.create(SigningAlgorithm.ED25519));
      case REVOKE -> wallet.revoke(challenge);
    };
  }

  /** The right signature over what no wallet writes, or a wrong one over what one writes. */
  private String signedAnew(JavaWallet wallet, Challenge challenge) {
    Map<String, Object> claims = JavaWallet.claims(challenge);
    Map<String, Object> text = JavaWallet.with(claims, "text", "Pay 3 to Ann");
    return switch (random.nextInt(8)) {
      case 0 -> wallet.sign(JavaWallet.with(text, "origin", "https://" + word() + ".example"));
      case 1 -> wallet.sign(JavaWallet.with(text, "purpose", word()));
      case 2 -> wallet.sign(JavaWallet.with(text, "action", word()));
      case 3 -> wallet.sign(JavaWallet.with(text, "nonce", JavaWallet.base64(bytes(32))));
      case 4 -> wallet.sign(JavaWallet.with(text, "exp", random.nextLong()));
      case 5 -> wallet.sign(JavaWallet.with(text, word(), word()));
      case 6 -> stranger.sign(text);
      default -> new String(bytes(random.nextInt(200)), ISO_8859_1);
    };
  }

  private String changed(String genuine) {
    String[] parts = genuine.split("\\.");
    int part = random.nextInt(3);
    byte[] inside = JavaWallet.decoded(parts[part]).toByteArray();
    return switch (random.nextInt(6)) {
      case 0 -> {
        int at = random.nextInt(genuine.length());
        yield genuine.substring(0, at)
            + (char) (32 + random.nextInt(95))
            + genuine.substring(at + 1);
      }
      case 1 -> genuine.substring(0, random.nextInt(genuine.length()));
      case 2 -> genuine + (char) (32 + random.nextInt(95));
      case 3 -> {
        inside[random.nextInt(inside.length)] ^= (byte) (1 << random.nextInt(8));
        parts[part] = JavaWallet.base64(inside);
        yield String.join(".", parts);
      }
      case 4 -> {
        parts[part] = JavaWallet.base64(bytes(inside.length));
        yield String.join(".", parts);
      }
      default -> {
        String payload = new String(JavaWallet.decoded(parts[1]).toByteArray(), UTF_8);
        parts[1] = JavaWallet.base64(payload.replace("user", "root").concat(" ").getBytes(UTF_8));
        yield String.join(".", parts);
      }
    };
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }
}

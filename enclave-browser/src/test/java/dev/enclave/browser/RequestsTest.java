package dev.enclave.browser;

import static dev.enclave.browser.WalletAction.REGISTER;
import static dev.enclave.browser.WalletAction.REVOKE;
import static dev.enclave.browser.WalletAction.ROTATE;
import static dev.enclave.browser.WalletAction.SIGN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.SigningAlgorithm;
import dev.enclave.error.UsageException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {

  private static final String OWNER = "user:7";

  private final StepClock clock = new StepClock();
  private final WalletStore store = new InMemoryWalletStore();
  private final BrowserWallets wallets =
      BrowserWallets.builder(JavaWallet.ORIGIN, store, clock, new SecureRandom()).build();
  private final JavaWallet wallet = JavaWallet.create(SigningAlgorithm.ED25519);

  private Challenge challenge(WalletAction action) {
    return wallets.challenge(OWNER, action, "payment");
  }

  private Reception receive(WalletAction action, String request) {
    return wallets.receive(OWNER, action, "payment", request);
  }

  private Reception.Accepted registered() {
    return accepted(receive(REGISTER, wallet.register(challenge(REGISTER))));
  }

  private static Reception.Accepted accepted(Reception reception) {
    assertThat(reception).isInstanceOf(Reception.Accepted.class);
    return (Reception.Accepted) reception;
  }

  private static void assertRefused(Reception reception, Refusal refusal) {
    assertThat(reception)
        .isInstanceOfSatisfying(
            Reception.Refused.class,
            refused -> {
              assertThat(refused.refusal()).as(refused.message()).isEqualTo(refusal);
              assertThat(refused.message())
                  .endsWith(".")
                  .doesNotContain("\n")
                  .hasSizeGreaterThan(40);
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ED25519", "ECDSA_P256_SHA256"})
  void acceptsAWholeLife(SigningAlgorithm algorithm) {
    JavaWallet first = JavaWallet.create(algorithm);
    JavaWallet second = JavaWallet.create(algorithm);

    WalletKey key = accepted(receive(REGISTER, first.register(challenge(REGISTER)))).key();
    assertThat(key.key()).isEqualTo(first.key());
    assertThat(key.id()).isEqualTo(key.wallet());
    assertThat(accepted(receive(SIGN, first.sign(challenge(SIGN), "Pay 3 €\nto \"Ann\""))).text())
        .isEqualTo("Pay 3 €\nto \"Ann\"");

    WalletKey next = accepted(receive(ROTATE, first.rotate(challenge(ROTATE), second))).key();
    assertThat(next.key()).isEqualTo(second.key());
    assertThat(next.wallet()).isEqualTo(key.id());
    assertRefused(receive(SIGN, first.sign(challenge(SIGN), "old")), Refusal.KEY_ENDED);
    accepted(receive(SIGN, second.sign(challenge(SIGN), "new")));

    accepted(receive(REVOKE, second.revoke(challenge(REVOKE))));
    assertRefused(receive(SIGN, second.sign(challenge(SIGN), "late")), Refusal.KEY_ENDED);
    assertThat(wallets.keys(OWNER))
        .extracting(WalletKey::state)
        .containsExactly(WalletKey.State.ROTATED, WalletKey.State.REVOKED);
  }

  @Test
  void refusesAReplay_ofEveryAction() {
    String register = wallet.register(challenge(REGISTER));
    accepted(receive(REGISTER, register));
    assertRefused(receive(REGISTER, register), Refusal.UNKNOWN_NONCE);

    String sign = wallet.sign(challenge(SIGN), "once");
    accepted(receive(SIGN, sign));
    assertRefused(receive(SIGN, sign), Refusal.UNKNOWN_NONCE);

    String revoke = wallet.revoke(challenge(REVOKE));
    accepted(receive(REVOKE, revoke));
    assertRefused(receive(REVOKE, revoke), Refusal.UNKNOWN_NONCE);
  }

  /** A browser sends a request again by itself when a connection ends before the answer. */
  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ED25519", "ECDSA_P256_SHA256"})
  void givesARepeatedRotationItsEarlierAnswer_untilItsTimeIsOver(SigningAlgorithm algorithm) {
    registered();
    JavaWallet next = JavaWallet.create(algorithm);
    Challenge open = challenge(ROTATE);
    String rotate = wallet.rotate(open, next);
    Reception first = receive(ROTATE, rotate);
    clock.advance(Duration.ofSeconds(119));

    assertThat(accepted(receive(ROTATE, rotate))).isEqualTo(accepted(first));
    assertThat(wallets.keys(OWNER)).hasSize(2);
    // No other request, owner or purpose, whoever signed it.
    String other = wallet.rotate(open, JavaWallet.create(algorithm));
    assertRefused(receive(ROTATE, other), Refusal.UNKNOWN_NONCE);
    assertRefused(wallets.receive("user:8", ROTATE, "payment", rotate), Refusal.UNKNOWN_NONCE);
    assertRefused(wallets.receive(OWNER, ROTATE, "login", rotate), Refusal.WRONG_PURPOSE);
    assertRefused(receive(SIGN, rotate), Refusal.WRONG_ACTION);
    clock.advance(Duration.ofSeconds(1));
    assertRefused(receive(ROTATE, rotate), Refusal.UNKNOWN_NONCE);
  }

  @Test
  void doesNotRepeatTheAnswer_onceTheNewKeyHasEnded() {
    registered();
    JavaWallet next = JavaWallet.create(SigningAlgorithm.ED25519);
    String rotate = wallet.rotate(challenge(ROTATE), next);
    accepted(receive(ROTATE, rotate));
    accepted(receive(ROTATE, rotate));
    wallets.revoke(OWNER, next.key().fingerprint());

    assertRefused(receive(ROTATE, rotate), Refusal.UNKNOWN_NONCE);
    assertThat(wallets.keys(OWNER)).hasSize(2);
  }

  @Test
  void refusesAStaleRequest_fromTheSecondOfItsExpiryOn() {
    registered();
    String early = wallet.sign(challenge(SIGN), "early");
    clock.advance(Duration.ofSeconds(119));
    accepted(receive(SIGN, early));

    String late = wallet.sign(challenge(SIGN), "late");
    clock.advance(Duration.ofMinutes(2));
    assertRefused(receive(SIGN, late), Refusal.STALE);
  }

  @Test
  void refusesAKeyWhoseTimeIsOver() {
    registered();
    clock.advance(Duration.ofDays(90));
    assertRefused(receive(SIGN, wallet.sign(challenge(SIGN), "old")), Refusal.KEY_ENDED);
  }

  @Test
  void refusesWhatWasSignedForAnotherOriginActionOrPurpose() {
    registered();
    Map<String, Object> claims = JavaWallet.with(JavaWallet.claims(challenge(SIGN)), "text", "t");

    assertRefused(
        receive(SIGN, wallet.sign(JavaWallet.with(claims, "origin", "https://evil.example"))),
        Refusal.WRONG_ORIGIN);
    assertRefused(
        receive(SIGN, wallet.sign(JavaWallet.with(claims, "origin", JavaWallet.ORIGIN + ":8443"))),
        Refusal.WRONG_ORIGIN);
    assertRefused(
        receive(SIGN, wallet.sign(JavaWallet.with(claims, "action", "revoke"))),
        Refusal.WRONG_ACTION);
    assertRefused(
        receive(SIGN, wallet.sign(JavaWallet.with(claims, "purpose", "login"))),
        Refusal.WRONG_PURPOSE);
    accepted(receive(SIGN, wallet.sign(claims)));
  }

  @Test
  void refusesAnotherEndpointsRequest_thoughItsNonceIsOpen() {
    registered();
    Challenge login = wallets.challenge(OWNER, SIGN, "login");
    String request = wallet.sign(login, "log in");

    assertRefused(receive(SIGN, request), Refusal.WRONG_PURPOSE);
    assertRefused(wallets.receive(OWNER, REVOKE, "login", request), Refusal.WRONG_ACTION);
    accepted(wallets.receive(OWNER, SIGN, "login", request));
  }

  @Test
  void refusesANonceOfAnotherOwnerPurposeActionOrTime() {
    registered();
    String foreign = wallet.sign(wallets.challenge("user:8", SIGN, "payment"), "t");
    assertRefused(receive(SIGN, foreign), Refusal.FOREIGN_NONCE);

    Challenge login = wallets.challenge(OWNER, SIGN, "login");
    Map<String, Object> claims = JavaWallet.with(JavaWallet.claims(login), "text", "t");
    assertRefused(
        receive(SIGN, wallet.sign(JavaWallet.with(claims, "purpose", "payment"))),
        Refusal.FOREIGN_NONCE);
    Map<String, Object> longer =
        JavaWallet.with(claims, "exp", login.expiresAt().getEpochSecond() + 1);
    assertRefused(
        wallets.receive(OWNER, SIGN, "login", wallet.sign(longer)), Refusal.FOREIGN_NONCE);
    assertRefused(
        wallets.receive(
            OWNER, REVOKE, "login", wallet.sign(JavaWallet.with(claims, "action", "revoke"))),
        Refusal.FOREIGN_NONCE);
  }

  @Test
  void refusesANonceThatWasNeverIssued() {
    registered();
    Map<String, Object> claims = JavaWallet.with(JavaWallet.claims(challenge(SIGN)), "text", "t");
    assertRefused(
        receive(SIGN, wallet.sign(JavaWallet.with(claims, "nonce", "A".repeat(43)))),
        Refusal.UNKNOWN_NONCE);
  }

  @Test
  void refusesAKeyOfAnotherOwner_orOfNobody() {
    registered();
    assertRefused(
        wallets.receive(
            "user:8",
            SIGN,
            "payment",
            wallet.sign(wallets.challenge("user:8", SIGN, "payment"), "t")),
        Refusal.UNKNOWN_KEY);
    JavaWallet stranger = JavaWallet.create(SigningAlgorithm.ED25519);
    assertRefused(receive(SIGN, stranger.sign(challenge(SIGN), "t")), Refusal.UNKNOWN_KEY);
  }

  @Test
  void refusesASecondRegistrationOfAKey_whoeverAsks() {
    registered();
    assertRefused(receive(REGISTER, wallet.register(challenge(REGISTER))), Refusal.KEY_EXISTS);
    assertRefused(
        wallets.receive(
            "user:8",
            REGISTER,
            "payment",
            wallet.register(wallets.challenge("user:8", REGISTER, "payment"))),
        Refusal.KEY_EXISTS);
  }

  @Test
  void refusesEveryChangedCharacter_andTheNonceStaysOpen() {
    registered();
    String request = wallet.sign(challenge(SIGN), "Pay 3 to Ann");
    for (int i = 0; i < request.length(); i++) {
      for (char other : "Aa_.=".toCharArray()) {
        if (request.charAt(i) != other) {
          String changed = request.substring(0, i) + other + request.substring(i + 1);
          assertThat(receive(SIGN, changed)).as(changed).isInstanceOf(Reception.Refused.class);
        }
      }
    }
    for (int end = 0; end < request.length(); end++) {
      assertThat(receive(SIGN, request.substring(0, end))).isInstanceOf(Reception.Refused.class);
    }
    assertThat(accepted(receive(SIGN, request)).text()).isEqualTo("Pay 3 to Ann");
  }

  @Test
  void refusesTheSignatureOfAnotherKey() {
    registered();
    JavaWallet other = JavaWallet.create(SigningAlgorithm.ED25519);
    String header =
        "{\"typ\":\"enclave-wallet+jws\",\"alg\":\"EdDSA\",\"kid\":\"" + wallet.id() + "\"}";
    String payload =
        JavaWallet.json(JavaWallet.with(JavaWallet.claims(challenge(SIGN)), "text", "t"));
    assertRefused(receive(SIGN, other.sign(header, payload)), Refusal.INVALID_SIGNATURE);
    assertRefused(
        receive(SIGN, other.sign(header.replace("EdDSA", "ES256"), payload)),
        Refusal.INVALID_SIGNATURE);
    accepted(receive(SIGN, wallet.sign(header, payload)));
  }

  @Test
  void refusesAnOversizedRequest_unread() {
    registered();
    String request = wallet.sign(challenge(SIGN), "x".repeat(BrowserWallets.LONGEST_REQUEST));
    assertRefused(receive(SIGN, request), Refusal.TOO_LARGE);
    assertRefused(receive(SIGN, "x".repeat(1 << 20)), Refusal.TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "...",
        "e30.e30.",
        "{\"request\":1}",
        "💥.💥.💥",
        "bnVsbA.bnVsbA.bnVsbA",
      })
  void refusesWhatIsNoRequest(String request) {
    assertRefused(receive(SIGN, request), Refusal.MALFORMED);
  }

  @Test
  void refusesHeadersAndClaimsThatAreNotExactlyTheKnownOnes() {
    registered();
    Challenge open = challenge(SIGN);
    Map<String, Object> claims = JavaWallet.with(JavaWallet.claims(open), "text", "t");
    String header =
        "{\"typ\":\"enclave-wallet+jws\",\"alg\":\"EdDSA\",\"kid\":\"" + wallet.id() + "\"}";
    String payload = JavaWallet.json(claims);
    List<String> headers =
        List.of(
            header.replace("EdDSA", "none"),
            header.replace("EdDSA", "HS256"),
            header.replace("EdDSA", "eddsa"),
            header.replace("enclave-wallet+jws", "JWT"),
            header.replace("\"typ\":\"enclave-wallet+jws\",", ""),
            header.replace("}", ",\"crit\":[\"b64\"],\"b64\":false}"),
            header.replace("}", ",\"jwk\":{}}"),
            header.replace("}", ",\"alg\":\"EdDSA\"}"),
            header.replace(wallet.id(), "0".repeat(63)),
            "[" + header + "]",
            header + header);
    List<String> payloads =
        List.of(
            payload.replace("}", ",\"admin\":\"true\"}"),
            payload.replace("}", ",\"text\":\"another\"}"),
            payload.replace("}", ",\"key\":\"AAAA\"}"),
            payload.replace("\"text\":\"t\"", "\"text\":{\"t\":1}"),
            payload.replace("\"text\":\"t\"", "\"text\":\" \\n\""),
            payload.replace(",\"text\":\"t\"", ""),
            payload.replace("\"exp\":", "\"exp\":0.0"),
            payload + " 1",
            payload.substring(0, payload.length() - 1));
    for (String changed : headers) {
      assertRefused(receive(SIGN, wallet.sign(changed, payload)), Refusal.MALFORMED);
    }
    for (String changed : payloads) {
      assertRefused(receive(SIGN, wallet.sign(header, changed)), Refusal.MALFORMED);
    }
    accepted(receive(SIGN, wallet.sign(header, payload)));
  }

  @Test
  void refusesARotationToAKeyThatDidNotAgree() {
    registered();
    JavaWallet stranger = JavaWallet.create(SigningAlgorithm.ED25519);
    JavaWallet next = JavaWallet.create(SigningAlgorithm.ED25519);
    Challenge open = challenge(ROTATE);
    Challenge other = challenge(ROTATE);
    List<String> proofs =
        List.of(
            next.succeed(open, stranger.id()),
            next.succeed(other, wallet.id()),
            next.sign(
                JavaWallet.with(
                    JavaWallet.with(
                        JavaWallet.claims(open),
                        "key",
                        JavaWallet.base64(next.key().spki().toByteArray())),
                    "predecessor",
                    wallet.id())));
    for (String proof : proofs) {
      assertRefused(
          receive(ROTATE, wallet.sign(JavaWallet.with(JavaWallet.claims(open), "proof", proof))),
          Refusal.INVALID_PROOF);
    }
    String genuine = next.succeed(open, wallet.id());
    String forged = genuine.substring(0, genuine.length() - 86) + "A".repeat(86);
    assertRefused(
        receive(ROTATE, wallet.sign(JavaWallet.with(JavaWallet.claims(open), "proof", forged))),
        Refusal.INVALID_PROOF);
    assertThat(wallets.keys(OWNER)).hasSize(1);
    accepted(receive(ROTATE, wallet.rotate(open, next)));
  }

  @Test
  void refusesARotationThatTheOldKeyDidNotSign() {
    registered();
    JavaWallet next = JavaWallet.create(SigningAlgorithm.ED25519);
    assertRefused(receive(ROTATE, next.rotate(challenge(ROTATE), next)), Refusal.UNKNOWN_KEY);
  }

  @Test
  void letsTheApplicationRevoke_itsOwnersKeysOnly() {
    WalletKey key = registered().key();
    assertThat(wallets.revoke("user:8", key.id())).isFalse();
    assertThat(wallets.revoke(OWNER, key.id())).isTrue();
    assertThat(wallets.revoke(OWNER, key.id())).isFalse();
    assertRefused(receive(SIGN, wallet.sign(challenge(SIGN), "t")), Refusal.KEY_ENDED);
  }

  @Test
  void acceptsOneOfManyThatComeAtOnce() throws Exception {
    registered();
    String request = wallet.sign(challenge(SIGN), "once");
    int callers = 16;
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Reception>> answers = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        answers.add(
            pool.submit(
                () -> {
                  start.await();
                  return receive(SIGN, request);
                }));
      }
      start.countDown();
      List<Reception> received = new ArrayList<>();
      for (Future<Reception> answer : answers) {
        received.add(answer.get());
      }
      assertThat(
              Collections.frequency(
                  received.stream().map(Object::getClass).toList(), Reception.Accepted.class))
          .isEqualTo(1);
      received.stream()
          .filter(Reception.Refused.class::isInstance)
          .forEach(refused -> assertRefused(refused, Refusal.UNKNOWN_NONCE));
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void saysNothingOfTheOwnerToTheBrowser() {
    assertThat(challenge(SIGN).toJson())
        .matches(
            "\\{\"action\":\"sign\",\"purpose\":\"payment\",\"nonce\":\"[A-Za-z0-9_-]{43}\",\"exp\":[0-9]+}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://wallet.example",
        "https://wallet.example/",
        "https://Wallet.example",
        "https://wallet.example/path",
        "https://*.example",
        "null",
        ""
      })
  void refusesAnOriginThatNoWalletHas(String origin) {
    assertThatThrownBy(() -> BrowserWallets.builder(origin, store, clock, new SecureRandom()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("origin");
  }

  @Test
  void refusesAnOwnerOrPurposeThatCannotBe() {
    assertThatThrownBy(() -> wallets.challenge("", SIGN, "payment"))
        .isInstanceOf(UsageException.class);
    assertThatThrownBy(() -> wallets.challenge("x".repeat(256), SIGN, "payment"))
        .isInstanceOf(UsageException.class);
    assertThatThrownBy(() -> wallets.challenge(OWNER, SIGN, "Pay \"now\""))
        .isInstanceOf(UsageException.class);
  }
}

package dev.enclave.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SigningAlgorithm;
import dev.enclave.browser.WalletStore.Outcome;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store of wallets does. */
abstract class WalletStoreContract {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  /** An empty store, the same for one test. */
  abstract WalletStore store();

  private static Challenge challenge(String nonce, String owner, long seconds) {
    return new Challenge(nonce, owner, WalletAction.SIGN, "payment", NOW.plusSeconds(seconds));
  }

  private static WalletKey key(String owner) {
    JavaWallet wallet = JavaWallet.create(SigningAlgorithm.ECDSA_P256_SHA256);
    return new WalletKey(
        wallet.key().fingerprint(),
        wallet.key().fingerprint(),
        owner,
        wallet.key(),
        WalletKey.State.ACTIVE,
        NOW,
        NOW.plusSeconds(1000));
  }

  private WalletKey added(String owner) {
    WalletKey key = key(owner);
    store().add(challenge("add-" + key.id().toString().substring(0, 8), owner, 60), NOW);
    assertThat(
            store().commit("add-" + key.id().toString().substring(0, 8), new WalletChange.Add(key)))
        .isEqualTo(Outcome.DONE);
    return key;
  }

  @Test
  void givesBackWhatWasKept() {
    Challenge challenge = challenge("n1", "user:7", 60);
    store().add(challenge, NOW);
    WalletKey key = added("user:7");

    assertThat(store().challenge("n1")).contains(challenge);
    assertThat(store().challenge("n2")).isEmpty();
    assertThat(store().key(key.id())).contains(key);
    assertThat(store().keys("user:7")).containsExactly(key);
    assertThat(store().keys("user:8")).isEmpty();
  }

  @Test
  void takesAChallengeOnce() {
    WalletKey key = added("user:7");
    store().add(challenge("n1", "user:7", 60), NOW);

    assertThat(store().commit("n1", new WalletChange.Use(key.id()))).isEqualTo(Outcome.DONE);
    assertThat(store().commit("n1", new WalletChange.Use(key.id())))
        .isEqualTo(Outcome.NO_CHALLENGE);
    assertThat(store().challenge("n1")).isEmpty();
  }

  @Test
  void keepsTheRequestOfARotation_untilItExpired() {
    WalletKey key = added("user:7");
    WalletKey successor = key("user:7");
    String request = "r".repeat(BrowserWallets.LONGEST_REQUEST);
    Challenge challenge = challenge("n1", "user:7", 60);
    store().add(challenge, NOW);
    store().add(challenge("n2", "user:7", 60), NOW);
    WalletChange rotation = new WalletChange.Replace(key.id(), successor, request);

    assertThat(store().rotated("n1", request)).isEmpty();
    assertThat(store().commit("n1", rotation)).isEqualTo(Outcome.DONE);
    assertThat(store().commit("n1", rotation)).isEqualTo(Outcome.NO_CHALLENGE);
    assertThat(store().commit("n1", new WalletChange.Use(successor.id())))
        .isEqualTo(Outcome.NO_CHALLENGE);
    assertThat(store().commit("n2", new WalletChange.Use(successor.id()))).isEqualTo(Outcome.DONE);
    assertThat(store().challenge("n1")).isEmpty();
    assertThat(store().rotated("n1", request)).contains(challenge);
    assertThat(store().rotated("n1", "other")).isEmpty();
    assertThat(store().rotated("n2", request)).isEmpty();
    store().expire(NOW.plusSeconds(59));
    assertThat(store().rotated("n1", request)).isPresent();
    store().expire(NOW.plusSeconds(60));
    assertThat(store().rotated("n1", request)).isEmpty();
  }

  @Test
  void takesNoChallengeThatWasDroppedForItsTime() {
    WalletKey key = added("user:7");
    store().add(challenge("n1", "user:7", 60), NOW);
    store().expire(NOW.plusSeconds(60));

    assertThat(store().commit("n1", new WalletChange.Replace(key.id(), key("user:7"), "r")))
        .isEqualTo(Outcome.NO_CHALLENGE);
    assertThat(store().keys("user:7")).containsExactly(key);
  }

  @Test
  void acceptsARotationFromEveryProcess_thatReceivesItAtOnce() throws Exception {
    StepClock clock = new StepClock();
    JavaWallet wallet = JavaWallet.create(SigningAlgorithm.ED25519);
    JavaWallet successor = JavaWallet.create(SigningAlgorithm.ED25519);
    BrowserWallets first = wallets(store(), clock);
    Reception registered =
        first.receive(
            "user:7",
            WalletAction.REGISTER,
            "payment",
            wallet.register(first.challenge("user:7", WalletAction.REGISTER, "payment")));
    assertThat(registered).isInstanceOf(Reception.Accepted.class);
    String request =
        wallet.rotate(first.challenge("user:7", WalletAction.ROTATE, "payment"), successor);

    List<Reception> received =
        atOnce(
            8,
            caller ->
                wallets(store(), clock).receive("user:7", WalletAction.ROTATE, "payment", request));
    received.add(
        wallets(store(), clock).receive("user:7", WalletAction.ROTATE, "payment", request));

    assertThat(received)
        .allSatisfy(
            reception ->
                assertThat(reception)
                    .isInstanceOfSatisfying(
                        Reception.Accepted.class,
                        accepted -> assertThat(accepted.key().key()).isEqualTo(successor.key())));
    assertThat(first.activeKeys("user:7"))
        .isEqualTo(
            "{\"active\":[\"%s\"],\"time\":%d}", successor.id(), clock.instant().getEpochSecond());
  }

  private static BrowserWallets wallets(WalletStore store, StepClock clock) {
    return BrowserWallets.builder(JavaWallet.ORIGIN, store, clock, new SecureRandom()).build();
  }

  @Test
  void changesNothing_ifItCannotChangeAll() {
    WalletKey key = added("user:7");
    WalletKey other = added("user:7");
    store().add(challenge("n1", "user:7", 60), NOW);

    assertThat(store().commit("n1", new WalletChange.Add(key))).isEqualTo(Outcome.CONFLICT);
    assertThat(store().commit("n1", new WalletChange.Replace(key.id(), other, "r")))
        .isEqualTo(Outcome.CONFLICT);
    assertThat(store().commit("n1", new WalletChange.Revoke(key("x").id())))
        .isEqualTo(Outcome.CONFLICT);
    assertThat(store().keys("user:7"))
        .extracting(WalletKey::state)
        .containsOnly(WalletKey.State.ACTIVE);
    assertThat(store().challenge("n1")).isPresent();
  }

  @Test
  void rotatesAndRevokesActiveKeysOnly() {
    WalletKey key = added("user:7");
    WalletKey successor = key("user:7");
    for (String nonce : List.of("n1", "n2", "n3", "n4")) {
      store().add(challenge(nonce, "user:7", 60), NOW);
    }

    assertThat(store().commit("n1", new WalletChange.Replace(key.id(), successor, "r")))
        .isEqualTo(Outcome.DONE);
    assertThat(store().commit("n2", new WalletChange.Use(key.id()))).isEqualTo(Outcome.CONFLICT);
    assertThat(store().commit("n2", new WalletChange.Revoke(successor.id())))
        .isEqualTo(Outcome.DONE);
    assertThat(store().commit("n3", new WalletChange.Use(successor.id())))
        .isEqualTo(Outcome.CONFLICT);
    assertThat(store().revoke(successor.id())).isFalse();
    assertThat(store().keys("user:7"))
        .extracting(WalletKey::state)
        .containsExactlyInAnyOrder(WalletKey.State.ROTATED, WalletKey.State.REVOKED);
  }

  @Test
  void dropsWhatExpired_andTheOldestOfAnOwnerWithTooMany() {
    store().add(challenge("expired", "user:8", 0), NOW.minusSeconds(60));
    store().add(challenge("other", "user:9", 60), NOW);
    for (int i = 0; i < WalletStore.CHALLENGES_OF_AN_OWNER + 2; i++) {
      store().add(challenge("n" + i, "user:7", 60 + i), NOW);
    }

    assertThat(store().challenge("expired")).isEmpty();
    assertThat(store().challenge("n0")).isEmpty();
    assertThat(store().challenge("n1")).isEmpty();
    assertThat(store().challenge("n2")).isPresent();
    assertThat(store().challenge("other")).isPresent();
  }

  /** Whatever order they come in: nothing is counted that another one is adding. */
  @Test
  void keepsNoMoreOfAnOwner_whenManyAreAddedAtOnce() throws Exception {
    int callers = 8;
    for (int round = 1; round <= 10; round++) {
      int first = (round - 1) * callers;
      WalletStore together = together(callers);
      atOnce(
          callers,
          caller -> {
            together.add(challenge("n" + (first + caller), "user:7", 60), NOW);
            return true;
          });
      assertThat(
              IntStream.range(0, round * callers)
                  .filter(n -> store().challenge("n" + n).isPresent())
                  .count())
          .as("kept after round %d", round)
          .isEqualTo(Math.min(round * callers, WalletStore.CHALLENGES_OF_AN_OWNER));
    }
  }

  /** The same store, for calls that are to begin at the same moment. */
  WalletStore together(int callers) {
    return store();
  }

  private interface Call<T> {
    T by(int caller) throws Exception;
  }

  private static <T> List<T> atOnce(int callers, Call<T> call) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<T>> answers = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        int caller = i;
        answers.add(
            pool.submit(
                () -> {
                  start.await();
                  return call.by(caller);
                }));
      }
      start.countDown();
      List<T> all = new ArrayList<>();
      for (Future<T> answer : answers) {
        all.add(answer.get());
      }
      return all;
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void letsOneOfManyRotate() throws Exception {
    rotateByMany(store());
  }

  final void rotateByMany(WalletStore store) throws Exception {
    WalletKey key = added("user:7");
    int callers = 8;
    for (int i = 0; i < callers; i++) {
      store.add(challenge("n" + i, "user:7", 60), NOW);
    }
    List<WalletKey> successors = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      successors.add(key("user:7"));
    }
    List<Outcome> outcomes =
        atOnce(
            callers,
            caller ->
                store.commit(
                    "n" + caller, new WalletChange.Replace(key.id(), successors.get(caller), "r")));
    assertThat(Collections.frequency(outcomes, Outcome.DONE)).isEqualTo(1);
    assertThat(Collections.frequency(outcomes, Outcome.CONFLICT)).isEqualTo(callers - 1);
    assertThat(store().keys("user:7")).hasSize(2);
  }
}

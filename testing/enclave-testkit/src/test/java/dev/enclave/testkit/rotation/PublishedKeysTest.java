package dev.enclave.testkit.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.PublicKeySet;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.SigningKey.PublishedKeys;
import dev.enclave.admin.RotationListener;
import dev.enclave.admin.RotationResult;
import dev.enclave.kit.BackendDecorator.Call;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Verifiers that fetch public keys at any moment of some months, and at every moment at which
 * something changes, and keep them as long as they are told to.
 */
class PublishedKeysTest {

  private static final Duration MONTHS = Duration.ofDays(120);
  private static final Duration WEEKS = Duration.ofDays(30);
  private static final Duration CACHE_TIME = Duration.ofHours(12);
  private static final Duration PUBLISHED_WITHIN = Duration.ofSeconds(1);
  private static final int REPLICAS = 3;
  private static final long MOST_SKEW_SECONDS = 300;

  private static final KeySpec<SigningKey> ISSUER =
      KeySpec.named("issuer")
          .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
          .rotation(RotationInterval.every(Duration.ofDays(7)));

  /** A backend that nobody reaches. */
  private static final SharedKeys.Between OUT =
      new SharedKeys.Between() {
        @Override
        public <T> T around(String operation, CallContext context, Call<T> call)
            throws BackendFailure {
          throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "nobody is there");
        }
      };

  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final Random random = new Random(7);
  private final List<Enclave> fleet = new ArrayList<>();
  private final List<Copy> copies = new ArrayList<>();
  private final List<Signed> recent = new ArrayList<>();
  private boolean trustsMaxAge = true;
  private int checks;
  private int rejected;

  /** What a verifier fetched, until when it keeps it. */
  private record Copy(PublicKeySet keys, Instant until) {}

  private record Signed(Message message, SignatureValue signature, Instant at) {}

  /** Fetches and signs at the very moments at which a replica changes something. */
  private final class AtChanges implements RotationListener {
    @Override
    public void rotated(RotationResult result) {
      use();
    }

    @Override
    public void published(KeyInfo key, KeyVersion next) {
      use();
    }

    @Override
    public void retired(KeyInfo key, KeyVersion version) {
      use();
    }
  }

  @Test
  void aVerifierVerifiesAllThatIsSignedWhileItMayKeepTheKeys_atEveryMomentOfTheLife() {
    live(
        MONTHS,
        "enclave.rotation.publish-ahead",
        "P1D",
        "enclave.rotation.verify-for",
        "P1D",
        "enclave.rotation.destroy-after",
        "P3D",
        "enclave.rotation.cache-time",
        CACHE_TIME.toString());
    System.out.printf("published keys: %d checks over %s%n", checks, MONTHS);
    assertThat(rejected).isZero();
    assertThat(checks).isGreaterThan(1_500);
  }

  @Test
  void aVerifierThatKeepsThemLonger_meetsSignaturesThatItCannotVerify() {
    trustsMaxAge = false;
    live(WEEKS, "enclave.rotation.cache-time", CACHE_TIME.toString());
    assertThat(rejected).isPositive();
  }

  @Test
  void aVerifierIsToldToAskEachTime_whereTheNextVersionMaySignAtAnyMoment() {
    live(WEEKS, "enclave.rotation.cache-time", CACHE_TIME.toString());
    assertThat(rejected).isZero();
  }

  @Test
  void nobodyKeepsThemUntilAMachineWhoseClockIsAheadRotates() {
    Duration skew = Duration.ofSeconds(MOST_SKEW_SECONDS);
    try (Enclave behind = new Replica(time, store, 0).skewed(skew.negated()).builder().open();
        Enclave ahead = new Replica(time, store, 1).skewed(skew).builder().open()) {
      SigningKey issuer = behind.createKey(ISSUER);
      Instant due = issuer.info().nextRotationAt().orElseThrow().minus(skew);
      Duration before = Duration.ofMinutes(20);
      time.pass(Duration.between(time.now(), due.minus(before)));

      PublishedKeys kept = issuer.publishedKeys();
      assertThat(kept.maxAge()).isPositive();
      // What is as old as max-age is not fresh any more (RFC 9111 §4.2).
      time.pass(kept.maxAge().minusNanos(1));

      assertThat(ahead.admin().rotateDue().rotated()).isEmpty();
      time.pass(Duration.between(time.now(), due));
      assertThat(ahead.admin().rotateDue().rotated()).hasSize(1);
    }
  }

  @Test
  void everyMachinePublishesTheVersionThatSigns_whereItMaySignAtAnyMoment() {
    try (Enclave one = new Replica(time, store, 1).builder().open();
        Enclave other = new Replica(time, store, 2).builder().open()) {
      SigningKey signing = one.createKey(ISSUER);
      time.pass(Duration.ofDays(7));
      SigningKey publishing = other.signingKeys().key("issuer");
      assertThat(publishing.publishedKeys().cacheControl()).isEqualTo("no-cache");
      time.pass(PUBLISHED_WITHIN);

      assertThat(one.admin().rotateDue().rotated()).hasSize(1);
      Message message = Message.ofUtf8("token");
      SignatureValue signature = signing.sign(message);

      assertThat(
              publishing
                  .publishedKeys()
                  .keys()
                  .verify(message, signature.bytes().toByteArray(), signature.encoding()))
          .isTrue();
    }
  }

  @Test
  void whoeverAsksAndHoweverOften_theBackendIsReadOnceASecond() {
    Replica replica = new Replica(time, store, 1);
    try (Enclave enclave = replica.builder().open()) {
      SigningKey key = enclave.createKey(ISSUER);
      time.pass(Duration.ofDays(7));
      int before = replica.keys.calls("load");
      for (int second = 1; second <= 3; second++) {
        for (int request = 0; request < 100; request++) {
          key.publishedKeys();
        }
        assertThat(replica.keys.calls("load")).isEqualTo(before + second);
        time.pass(PUBLISHED_WITHIN);
      }
    }
  }

  @Test
  void whatWasReadLastIsPublished_whereTheBackendIsOut() {
    Replica replica = new Replica(time, store, 1);
    try (Enclave enclave = replica.builder().open()) {
      SigningKey key = enclave.createKey(ISSUER);
      time.pass(Duration.ofDays(7));
      PublishedKeys before = key.publishedKeys();
      time.pass(Duration.ofSeconds(30));
      replica.keys.between = OUT;

      assertThat(key.publishedKeys()).isEqualTo(before);
    }
  }

  private void live(Duration months, String... settings) {
    for (int i = 0; i < REPLICAS; i++) {
      Replica replica =
          new Replica(time, store, i)
              .skewed(
                  Duration.ofSeconds(random.nextLong(-MOST_SKEW_SECONDS, MOST_SKEW_SECONDS + 1)));
      for (int s = 0; s < settings.length; s += 2) {
        replica.set(settings[s], settings[s + 1]);
      }
      fleet.add(replica.builder().scheduler(time).onRotation(new AtChanges()).open());
    }
    fleet.get(0).createKey(ISSUER);
    Instant end = VirtualTime.START.plus(months);
    while (time.now().isBefore(end)) {
      time.pass(Duration.ofMinutes(random.nextLong(1, 720)));
      use();
    }
    fleet.forEach(Enclave::close);
  }

  private SigningKey anyReplicas() {
    return fleet.get(random.nextInt(REPLICAS)).signingKeys().key("issuer");
  }

  private void use() {
    Instant now = time.now();
    copies.removeIf(copy -> copy.until().isBefore(now));
    recent.removeIf(signed -> signed.at().isBefore(now.minus(CACHE_TIME)));
    Message message = Message.ofUtf8("token " + checks);
    Signed signed = new Signed(message, anyReplicas().sign(message), now);
    copies.forEach(copy -> check(copy, signed));
    recent.add(signed);
    // By then every replica publishes what signs.
    time.pass(PUBLISHED_WITHIN);
    PublishedKeys published = anyReplicas().publishedKeys();
    Duration kept = trustsMaxAge ? published.maxAge() : CACHE_TIME;
    Copy copy = new Copy(PublicKeySet.fromJwks(published.json()), time.now().plus(kept));
    recent.forEach(before -> check(copy, before));
    if (!kept.isZero()) {
      copies.add(copy);
    }
  }

  private void check(Copy copy, Signed signed) {
    checks++;
    SignatureValue signature = signed.signature();
    boolean verifies =
        copy.keys().verify(signed.message(), signature.bytes().toByteArray(), signature.encoding());
    if (!verifies) {
      rejected++;
    }
  }
}

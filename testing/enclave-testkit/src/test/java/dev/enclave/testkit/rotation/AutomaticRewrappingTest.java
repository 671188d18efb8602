package dev.enclave.testkit.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.RewrapReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys are sealed anew by themselves when their key-encryption key has rotated. */
class AutomaticRewrappingTest {

  private static final int KEYS = 20;
  private static final Duration LONG_ENOUGH = Duration.ofHours(3);

  private final VirtualTime time = new VirtualTime();
  private final SealedKeys sealed = new SealedKeys(new InMemoryProvider(new InMemoryStore()));
  private final Replica replica =
      new Replica(time, sealed, 1).set("enclave.rotation.automatic", "off");
  private final Enclave enclave = replica.open();

  AutomaticRewrappingTest() {
    for (int i = 0; i < KEYS; i++) {
      enclave.createKey(KeySpec.named("key-" + i).algorithm(SigningAlgorithm.ED25519));
    }
  }

  @AfterEach
  void close() {
    enclave.close();
    assertThat(time.waiting()).isZero();
  }

  private static List<KeyName> all() {
    return IntStream.range(0, KEYS).mapToObj(i -> KeyName.of("key-" + i)).sorted().toList();
  }

  private List<Finding> findings() {
    return enclave.health().findings();
  }

  @Test
  void rewrapsNothing_thatIsUnderTheCurrentVersion() {
    time.pass(LONG_ENOUGH);
    assertThat(sealed.rewrapped).isEmpty();
    assertThat(replica.keys.calls("isCurrent")).isEqualTo(KEYS);
    assertThat(replica.audit.events(Operation.RESEAL)).isEmpty();
  }

  @Test
  void rewrapsEveryKey_whenTheKekRotates_andRecordsIt() {
    time.pass(LONG_ENOUGH);
    sealed.kek = "2";
    time.pass(LONG_ENOUGH);
    assertThat(sealed.rewrapped).containsExactlyInAnyOrderElementsOf(all());
    assertThat(replica.audit.events(Operation.RESEAL))
        .filteredOn(event -> event.phase() == AuditEvent.Phase.OUTCOME)
        .hasSize(KEYS)
        .allSatisfy(
            event -> {
              assertThat(event.caller()).isEqualTo("rewrapping");
              assertThat(event.key()).isPresent();
              assertThat(event.details()).containsEntry("kekVersion", "2");
            });
  }

  @Test
  void doesNothingInTheFirstMinute() {
    time.pass(Duration.ofSeconds(59));
    assertThat(replica.keys.calls("mayRewrap")).isZero();
  }

  @Test
  void atRest_aDayCostsALookAnHour_andEachKeyOnce() {
    time.pass(Duration.ofDays(11));
    // A reading of each key when it begins, and once in a day and the hour of the next look.
    assertThat(replica.keys.calls("isCurrent")).isBetween(KEYS * 10, KEYS * 12);
    assertThat(replica.keys.calls("kekVersion")).isBetween(11 * 14, 11 * 48);
    assertThat(sealed.rewrapped).isEmpty();
  }

  @Test
  void findsWhatAProcessWithAnOlderReadingWroteLater() {
    sealed.kek = "2";
    time.pass(LONG_ENOUGH);
    sealed.rewrapped.clear();
    sealed.under.put(KeyName.of("key-7"), "1");
    time.pass(Duration.ofDays(2));
    assertThat(sealed.rewrapped).containsExactly(KeyName.of("key-7"));
  }

  @Test
  void whoMayNotWrite_asksForNothingElse() {
    sealed.mayWrite = false;
    sealed.kek = "2";
    time.pass(Duration.ofDays(10));
    assertThat(sealed.rewrapped).isEmpty();
    assertThat(replica.keys.calls("mayRewrap")).isBetween(13, 41);
    assertThat(replica.keys.calls("kekVersion")).isZero();
    assertThat(replica.keys.calls("page")).isZero();
    assertThat(replica.keys.calls("isCurrent")).isZero();
    assertThat(findings()).isEmpty();
  }

  @Test
  void namesTheKeyThatCannotBeRewrapped_triesItOnceAnHour_andForgetsItWhenItIsDone() {
    KeyName stuck = KeyName.of("key-3");
    sealed.stuck.put(
        stuck, BackendFailure.permanent(FailureCode.CORRUPT, "Secret key-3 is damaged."));
    sealed.kek = "2";
    time.pass(LONG_ENOUGH);
    assertThat(sealed.rewrapped).hasSize(KEYS - 1);
    assertThat(findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(ErrorCode.KEY_DATA_CORRUPT))
        .satisfies(finding -> assertThat(finding.observed()).contains("key-3"));
    int tried = replica.keys.calls("rewrap");
    time.pass(Duration.ofHours(12));
    assertThat(replica.keys.calls("rewrap") - tried).isBetween(6, 24);
    sealed.stuck.clear();
    time.pass(LONG_ENOUGH);
    assertThat(findings()).isEmpty();
  }

  @Test
  void anOutageDoesNotMakeAStorm_andIsFinishedAfterIt() {
    all()
        .forEach(
            key ->
                sealed.stuck.put(
                    key, BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "No answer.")));
    sealed.kek = "2";
    time.pass(Duration.ofHours(12));
    assertThat(sealed.rewrapped).isEmpty();
    // Each time a few attempts, and an hour between two times at last.
    assertThat(replica.keys.calls("rewrap")).isLessThan(200);
    sealed.stuck.clear();
    time.pass(LONG_ENOUGH);
    assertThat(sealed.rewrapped).hasSize(KEYS);
    assertThat(findings()).isEmpty();
  }

  @Test
  void anAdministratorRewrapsAtOnce_andIsToldOfEachKey() {
    sealed.stuck.put(
        KeyName.of("key-3"), BackendFailure.permanent(FailureCode.CORRUPT, "It is damaged."));
    sealed.under.put(KeyName.of("key-4"), "2");
    sealed.kek = "2";
    RewrapReport report = enclave.admin().rewrapping().orElseThrow().rewrap();
    assertThat(report.complete()).isFalse();
    assertThat(report.kekVersion().value()).isEqualTo("2");
    assertThat(report.current()).containsExactly(KeyName.of("key-4"));
    assertThat(report.failed()).containsOnlyKeys(KeyName.of("key-3"));
    assertThat(report.rewrapped()).hasSize(KEYS - 2);
    sealed.stuck.clear();
    assertThat(enclave.admin().rewrapping().orElseThrow().rewrapAll().rewrapped()).hasSize(KEYS);
  }

  @Test
  void whatNoOtherKeySeals_isNotRewrapped() {
    try (Enclave plain = new Replica(new VirtualTime(), new InMemoryStore(), 2).open()) {
      assertThat(plain.admin().rewrapping()).isEmpty();
    }
  }
}

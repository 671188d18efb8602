package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.IntegrityException;
import dev.enclave.KeyState;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.AuditEvent;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every fault at every request of every operation, one at a time and for good. A fault that passes
 * is not noticed; one that does not is an error of the right class; whatever Enclave acknowledged
 * is there afterwards.
 */
class FaultCampaignTest {

  /** Two operations that may follow each other, and their reading back. */
  private static final Duration LONGEST = Duration.ofSeconds(75);

  private static final int ALLOWANCE = 10;

  /** The short form takes every third. */
  private static final int EVERY = Boolean.getBoolean("enclave.campaign.long") ? 1 : 3;

  private static final AtomicInteger SCRIPTED = new AtomicInteger();
  private static final Map<String, Integer> OUTCOMES = new TreeMap<>();

  private final AtomicInteger keys = new AtomicInteger();

  @AfterAll
  static void sum() {
    System.out.println(SCRIPTED + " scripted faults: " + OUTCOMES);
  }

  @ParameterizedTest
  @EnumSource
  void losesNothingAndSaysWhatHappened(Scenario scenario) {
    try (Kms kms = new Kms();
        Enclave calm = kms.open()) {
      Map<String, Integer> requests = rehearse(scenario, kms, calm);
      assertThat(requests).isNotEmpty();
      List<BadDay> days = BadDay.all(requests);
      for (int i = 0; i < days.size(); i += EVERY) {
        suffer(scenario, days.get(i), kms, calm, requests);
      }
    }
  }

  /** How many requests of each operation it sends on a good day. */
  private Map<String, Integer> rehearse(Scenario scenario, Kms kms, Enclave calm) {
    String name = nextName(scenario);
    scenario.prepare(calm, name);
    try (Enclave enclave = kms.open()) {
      int before = kms.journal().size();
      scenario.act(enclave, name, new Claims());
      Map<String, Integer> requests = new TreeMap<>();
      for (JournalEntry entry : since(kms, before)) {
        requests.merge(entry.operation(), 1, Integer::sum);
      }
      return requests;
    }
  }

  private void suffer(
      Scenario scenario, BadDay day, Kms kms, Enclave calm, Map<String, Integer> requests) {
    String what = scenario + " when " + day;
    String name = nextName(scenario);
    scenario.prepare(calm, name);
    SkippingTime time = new SkippingTime();
    RecordingAuditSink audit = new RecordingAuditSink();
    Claims claims = new Claims();
    Optional<EnclaveException> failure;
    try (Enclave enclave = kms.open(time, audit)) {
      int before = kms.journal().size();
      kms.faults.follow(day.plan());
      long began = time.nanoTime();
      failure = failure(() -> scenario.act(enclave, name, claims), what);
      Duration took = Duration.ofNanos(time.nanoTime() - began);
      kms.faults.follow(FaultPlan.NONE);
      List<JournalEntry> sent = since(kms, before);
      assertThat(sent).as(what).anyMatch(entry -> entry.fault().isPresent());
      assertThat(took).as(what + " took").isLessThan(LONGEST);
      long faults = sent.stream().filter(entry -> entry.fault().isPresent()).count();
      assertThat(faults)
          .as(what + ": requests that met it")
          .isLessThanOrEqualTo(ALLOWANCE + requests.values().stream().mapToInt(i -> i).sum());
      requireRight(what, day, failure);
      requireTold(what, audit, sent);
    }
    try (Enclave other = kms.open()) {
      claims.check(other);
      requireOneActiveAtMost(what, other, name);
      requireWorking(scenario, other, name, what);
    }
    SCRIPTED.incrementAndGet();
    OUTCOMES.merge(failure.map(e -> e.code().name()).orElse("not noticed"), 1, Integer::sum);
  }

  private static Optional<EnclaveException> failure(Runnable act, String what) {
    try {
      act.run();
      return Optional.empty();
    } catch (EnclaveException e) {
      return Optional.of(e);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(what + ": " + e, e);
    }
  }

  private static void requireRight(String what, BadDay day, Optional<EnclaveException> failure) {
    if (day.passes()) {
      assertThat(failure).as(what).isEmpty();
    }
    failure.ifPresent(
        thrown -> {
          assertThat(thrown.code()).as(what + ": " + thrown.getMessage()).isIn(day.codes());
          if (thrown.retryable()) {
            assertThat(thrown.retryAt()).as(what + ": " + thrown.getMessage()).isPresent();
          }
        });
    if (day.fault() instanceof Fault.Wrong) {
      assertThat(failure)
          .as(what)
          .hasValueSatisfying(e -> assertThat(e).isInstanceOf(IntegrityException.class));
    }
  }

  /** Each id in the audit log is that of a request, and is there once. */
  private static void requireTold(String what, RecordingAuditSink audit, List<JournalEntry> sent) {
    List<String> ids = sent.stream().map(JournalEntry::requestId).toList();
    List<String> told =
        audit.events().stream()
            .filter(event -> event.operation() != AuditEvent.Operation.START)
            .flatMap(RequestIds::of)
            .toList();
    assertThat(told).as(what).doesNotHaveDuplicates().isSubsetOf(ids);
  }

  private static void requireOneActiveAtMost(String what, Enclave other, String name) {
    try {
      assertThat(
              other.managedKey(name).info().versions().stream()
                  .filter(version -> version.state() == KeyState.ACTIVE))
          .as(what)
          .hasSizeLessThanOrEqualTo(1);
    } catch (EnclaveException e) {
      assertThat(e.code()).as(what).isEqualTo(ErrorCode.KEY_NOT_FOUND);
    }
  }

  /** What failed works when the fault is over. */
  private static void requireWorking(Scenario scenario, Enclave other, String name, String what) {
    Claims claims = new Claims();
    switch (scenario) {
      case CREATE, ENSURE, READ, SIGN_A_DIGEST, ROTATE, ROTATE_AWAY ->
          claims.released(
              other.ensureKey(scenario.spec(name)), other.key(name).sign(Claims.MESSAGE));
      default -> assertThat(other.health().healthy()).as(what).isTrue();
    }
  }

  private String nextName(Scenario scenario) {
    return scenario.nameOf(keys.incrementAndGet());
  }

  private static List<JournalEntry> since(Kms kms, int before) {
    List<JournalEntry> all = kms.journal();
    return all.subList(before, all.size());
  }
}

package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.BadDay;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.RequestIds;
import dev.enclave.campaign.bench.Scenarios;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.bench.Standstills;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault at every request of every operation, one at a time and for good. A fault that passes
 * is not noticed; one that does not is an error of the right class; whatever Enclave acknowledged
 * is there afterwards.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
public abstract class FaultCampaign {

  /** What Enclave allows itself where the caller says nothing (docs/architecture.md). */
  private static final Duration READING = Duration.ofSeconds(5);

  private static final Duration CHANGING = Duration.ofSeconds(30);

  /** What may be left of a deadline that is said to have passed: gRPC has a clock of its own. */
  private static final Duration NEARLY_OVER = Duration.ofMillis(200);

  /**
   * Time is skipped where it would be waited for; what is computed takes real time. Where it takes
   * more, it is the machine that is busy, or it is waited for after all.
   */
  private static final Duration COMPUTING = Duration.ofSeconds(2);

  /** A day that a busy machine spoilt is played again. */
  private static final int MOST_TRIES = 10;

  /** The same; each sends at most what one sends on a good day. */
  private static final int ATTEMPTS = 8;

  private static final boolean LONG = Boolean.getBoolean("enclave.campaign.long");

  /** Of all scenarios together. */
  private static final int LEAST = 500;

  /** Of one scenario in the short form: where a turn has fewer, the next one is played too. */
  private static final int FEW = 30;

  private final CloudUnderTest cloud;
  private final boolean all;
  private final AtomicInteger keys = new AtomicInteger();
  private final AtomicInteger scripted = new AtomicInteger();
  private final AtomicInteger played = new AtomicInteger();
  private final Map<String, Integer> outcomes = new TreeMap<>();
  private final Standstills standstills = new Standstills();
  private Set<Scenario> scenarios = Set.of();

  /** Against this cloud; of each operation every fault, and all of its requests. */
  protected FaultCampaign(CloudUnderTest cloud) {
    this(cloud, LONG);
  }

  /**
   * The same.
   *
   * @param all whether every fault meets every request: where they are few and quick
   */
  protected FaultCampaign(CloudUnderTest cloud, boolean all) {
    this.cloud = cloud;
    this.all = all;
  }

  @AfterAll
  void sum() {
    standstills.close();
    System.out.println(scripted + " scripted faults: " + outcomes);
    if (played.get() == scenarios().size()) {
      assertThat(scripted).hasValueGreaterThanOrEqualTo(LEAST);
    }
  }

  /** Found once: to ask what a cloud imports starts a server beside the one that is played. */
  Set<Scenario> scenarios() {
    if (scenarios.isEmpty()) {
      scenarios = Scenarios.of(cloud);
    }
    return scenarios;
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void losesNothingAndSaysWhatHappened(Scenario scenario) {
    try (Bench bench = new Bench(cloud);
        Enclave calm = bench.openCalm();
        Enclave other = bench.openOnlooker()) {
      if (scenario.restores()) {
        bench.warmImports(calm);
      }
      Map<String, Integer> requests = rehearse(scenario, bench, calm);
      assertThat(requests).isNotEmpty();
      List<BadDay> days = all ? BadDay.all(cloud, requests) : some(scenario, requests);
      for (int i = 0; i < days.size(); i += every(scenario)) {
        suffer(scenario, days.get(i), new Party(bench, calm, other), requests);
      }
    }
    played.incrementAndGet();
  }

  /**
   * The turns of one scenario after another, so that what passes in one lasts in another like it.
   */
  private List<BadDay> some(Scenario scenario, Map<String, Integer> requests) {
    int turn = List.copyOf(scenarios()).indexOf(scenario);
    Set<BadDay> days = new LinkedHashSet<>(BadDay.some(cloud, requests, turn));
    if (days.size() < FEW) {
      days.addAll(BadDay.some(cloud, requests, turn + 1));
    }
    return List.copyOf(days);
  }

  /**
   * A backup takes a tenth of a second to open, on purpose, and one of several versions a third.
   */
  private int every(Scenario scenario) {
    return switch (scenario) {
      case RESTORE -> LONG ? 1 : 3;
      case RESTORE_A_ROTATED_KEY -> LONG ? 1 : 7;
      default -> 1;
    };
  }

  /** How many requests of each operation it sends on a good day. */
  private Map<String, Integer> rehearse(Scenario scenario, Bench bench, Enclave calm) {
    KeySpec<?> key = nextKey(scenario);
    scenario.prepare(calm, key);
    try (Enclave enclave = bench.open()) {
      int before = bench.journal().size();
      scenario.act(enclave, key, new Claims());
      return Bench.count(bench.journalSince(before));
    }
  }

  /**
   * Who meets no fault.
   *
   * @param calm prepares keys
   * @param other sees them afterwards for the first time
   */
  private record Party(Bench bench, Enclave calm, Enclave other) {}

  private void suffer(Scenario scenario, BadDay day, Party party, Map<String, Integer> requests) {
    String what = scenario + " when " + day;
    int tries = 1;
    while (!judged(what, scenario, day, party, requests)) {
      assertThat(tries++)
          .as(what + ": times that the machine was too busy or stood still")
          .isLessThan(MOST_TRIES);
    }
  }

  /** Whether the day says something: what fails while the machine stands still does not. */
  private boolean judged(
      String what, Scenario scenario, BadDay day, Party party, Map<String, Integer> requests) {
    long began = System.nanoTime();
    try {
      return suffered(what, scenario, day, party, requests);
    } catch (EnclaveException | AssertionError e) {
      if (standstills.since(began)) {
        System.out.println(what + ": the machine stood still: " + e.getMessage());
        return false;
      }
      throw e;
    } finally {
      party.bench().faults.follow(FaultPlan.NONE);
    }
  }

  /** Whether it took at most {@link #COMPUTING} beside its pauses. */
  private boolean suffered(
      String what, Scenario scenario, BadDay day, Party party, Map<String, Integer> requests) {
    Bench bench = party.bench();
    KeySpec<?> key = nextKey(scenario);
    scenario.prepare(party.calm(), key);
    Map<KeyVersionId, KeyState> prepared = states(party.calm(), key);
    SkippingTime time = bench.time();
    RecordingAuditSink audit = bench.audit();
    Claims claims = new Claims();
    Optional<EnclaveException> failure;
    try (Enclave enclave = bench.open(time, audit)) {
      int before = bench.journal().size();
      bench.faults.follow(day.plan());
      Duration paused = time.skipped();
      long began = time.nanoTime();
      failure = failure(() -> scenario.act(enclave, key, claims), what);
      Duration took = Duration.ofNanos(time.nanoTime() - began);
      bench.faults.follow(FaultPlan.NONE);
      if (took.minus(time.skipped().minus(paused)).compareTo(COMPUTING) > 0) {
        return false;
      }
      List<JournalEntry> sent = bench.journalSince(before);
      assertThat(sent).as(what).anyMatch(entry -> entry.fault().isPresent());
      assertThat(took).as(what + " took").isLessThan(within(scenario).plus(COMPUTING));
      long faults = sent.stream().filter(entry -> entry.fault().isPresent()).count();
      assertThat(faults)
          .as(what + ": requests that met it")
          .isLessThanOrEqualTo(
              (long) mostOf(day)
                  * (day.expired() ? 2 : 1) // With a new token, once more.
                  * ATTEMPTS
                  * requests.getOrDefault(day.operation(), 0));
      requireRight(what, scenario, day, took, failure);
      requireTold(what, audit, sent);
    }
    claims.check(party.other());
    Map<KeyVersionId, KeyState> after = states(party.other(), key);
    requireOneActiveAtMost(what, after);
    if (failure.isPresent() && !succeeded(scenario, audit)) {
      requireUnchanged(what, failure.get(), prepared, after);
    }
    requireWorking(scenario, party.other(), key, what);
    scripted.incrementAndGet();
    outcomes.merge(failure.map(e -> e.code().name()).orElse("not noticed"), 1, Integer::sum);
    return true;
  }

  /** The deadlines of what it does, one after another. */
  private static Duration within(Scenario scenario) {
    return switch (scenario) {
      case ENSURE, READ -> READING;
      // Opening and sealing.
      case SEAL -> READING.multipliedBy(2);
      // Finding the key, signing, and telling its versions.
      case SIGN_A_DIGEST, SIGN_A_MESSAGE, SIGN_FOR_ETHEREUM -> READING.multipliedBy(3);
      // What was made is waited for until reads show it.
      case CREATE, CREATE_A_WRAPPING_KEY, LIST, RESTORE, RESTORE_A_ROTATED_KEY ->
          CHANGING.multipliedBy(2);
      // Finding the key first, and discarding a version that nobody wants.
      case ROTATE, ROTATE_AWAY, DISABLE, ENABLE, DESTROY ->
          CHANGING.multipliedBy(2).plus(READING.multipliedBy(3));
    };
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

  private int mostOf(BadDay day) {
    return cloud.requests().changesNothing(day.operation()) ? cloud.requestsOfARead() : 1;
  }

  private void requireRight(
      String what,
      Scenario scenario,
      BadDay day,
      Duration took,
      Optional<EnclaveException> failure) {
    if (day.passes(cloud)) {
      assertThat(failure).as(what).isEmpty();
    }
    failure.ifPresent(
        thrown -> {
          Set<ErrorCode> codes = day.codes(scenario);
          if (took.compareTo(READING.minus(NEARLY_OVER)) > 0) {
            // The pauses before the attempts are random, so a deadline may end them.
            codes.add(ErrorCode.DEADLINE_EXCEEDED);
          }
          assertThat(thrown.code()).as(what + ": " + thrown.getMessage()).isIn(codes);
          if (thrown.retryable()) {
            assertThat(thrown.retryAt()).as(what + ": " + thrown.getMessage()).isPresent();
          }
        });
    if (day.fault() instanceof Fault.Wrong) {
      assertThat(failure.isPresent() || mayPass(scenario, day)).as(what).isTrue();
      failure.ifPresent(e -> assertThat(e).as(what).isInstanceOf(IntegrityException.class));
    }
  }

  /** A list names keys that cannot be read, and does not fail. */
  private boolean mayPass(Scenario scenario, BadDay day) {
    return !cloud.noticesEachWrongAnswer() && (day.number() > 0 || scenario == Scenario.LIST);
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

  /** Whether the change was made, and what failed came after it. */
  private static boolean succeeded(Scenario scenario, RecordingAuditSink audit) {
    return audit.events().stream()
        .filter(event -> event.result() == AuditEvent.Result.SUCCESS)
        .anyMatch(event -> scenario.change().filter(event.operation()::equals).isPresent());
  }

  private static Map<KeyVersionId, KeyState> states(Enclave enclave, KeySpec<?> key) {
    Map<KeyVersionId, KeyState> states = new HashMap<>();
    try {
      enclave
          .admin()
          .key(key.name().value())
          .info()
          .versions()
          .forEach(version -> states.put(version.id(), version.state()));
    } catch (EnclaveException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.KEY_NOT_FOUND);
    }
    return states;
  }

  /** Whoever is not told that the outcome is unknown may take it that nothing happened. */
  private static void requireUnchanged(
      String what,
      EnclaveException thrown,
      Map<KeyVersionId, KeyState> before,
      Map<KeyVersionId, KeyState> after) {
    if (thrown.code() == ErrorCode.OUTCOME_UNKNOWN || thrown instanceof IntegrityException) {
      return;
    }
    // A version that was prepared and given up is nobody's.
    after
        .entrySet()
        .removeIf(
            version ->
                !before.containsKey(version.getKey())
                    && (version.getValue() == KeyState.PENDING
                        || version.getValue() == KeyState.DESTROYED));
    assertThat(after).as(what + ": " + thrown.getMessage()).isEqualTo(before);
  }

  private static void requireOneActiveAtMost(String what, Map<KeyVersionId, KeyState> versions) {
    assertThat(versions.values().stream().filter(KeyState.ACTIVE::equals))
        .as(what)
        .hasSizeLessThanOrEqualTo(1);
  }

  /** What failed works when the fault is over. */
  private static void requireWorking(
      Scenario scenario, Enclave other, KeySpec<?> key, String what) {
    switch (scenario) {
      case CREATE, ENSURE, READ, SIGN_A_DIGEST, ROTATE, ROTATE_AWAY ->
          new Claims()
              .released(
                  (SigningKey) other.ensureKey(key),
                  other.signingKeys().key(key.name().value()).sign(Claims.MESSAGE));
      case RESTORE, RESTORE_A_ROTATED_KEY -> {
        SigningKey restored = scenario.backup().orElseThrow().ensure(other, key.name().value());
        new Claims().released(restored, restored.sign(Claims.MESSAGE));
      }
      default -> assertThat(other.health().healthy()).as(what).isTrue();
    }
  }

  private KeySpec<?> nextKey(Scenario scenario) {
    return scenario.key(cloud, keys.incrementAndGet());
  }
}

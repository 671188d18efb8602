package dev.enclave.auditlog.trail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.auditlog.records.RecordEncoder;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditTrailTest {

  private static final String SHA_256_OF_200000_A =
      "2287d207f24a941ff3b56c04c8a25ad56b63e3023207b3bb5b4ac0c9869d74be";

  private final HandTime time = new HandTime();
  private final BreakingSink sink = new BreakingSink();
  private final AuditTrail required = new AuditTrail(sink, true, time);
  private final AuditTrail optional = new AuditTrail(sink, false, time);
  private final TestTrace trace = new TestTrace("operation-1");

  @Test
  void aRemoteOperationIsAnIntentBefore_andAnOutcomeAfter() {
    AuditTrail.OperationRecord entry =
        required.begin(remote(), trace, KeyVersionId.of("3"), Map.of());
    assertThat(sink.events).extracting(AuditEvent::phase).containsExactly(Phase.INTENT);
    time.advance(Duration.ofMillis(7));
    trace.providerRequestId("request-9");

    entry.succeeded(Map.of("a", "b"));

    assertThat(sink.events)
        .extracting(AuditEvent::phase)
        .containsExactly(Phase.INTENT, Phase.OUTCOME);
    assertThat(sink.events).extracting(AuditEvent::operationId).containsOnly("operation-1");
    assertThat(sink.events).extracting(AuditEvent::version).containsOnly(version("3"));
    AuditEvent outcome = sink.events.get(1);
    assertThat(outcome.result()).isEqualTo(Result.SUCCESS);
    assertThat(outcome.duration()).isEqualTo(Duration.ofMillis(7));
    assertThat(outcome.providerRequestId()).hasValue("request-9");
    assertThat(sink.durabilities).containsOnly(AuditSink.Durability.DURABLE);
  }

  private static Optional<KeyVersionId> version(String id) {
    return Optional.of(KeyVersionId.of(id));
  }

  @Test
  void aLocalOperationIsOneRecord() {
    optional.begin(local(), trace).succeeded(Map.of());

    assertThat(sink.events).extracting(AuditEvent::phase).containsExactly(Phase.SINGLE);
    assertThat(sink.durabilities).containsExactly(AuditSink.Durability.BUFFERED);
  }

  @Test
  void aLocalOperationIsDurable_whereThePolicyNeedsTheLog() {
    required.begin(local(), trace).succeeded(Map.of());

    assertThat(sink.durabilities).containsExactly(AuditSink.Durability.DURABLE);
  }

  /** Written by a real encoder, which refuses 160,000 characters. */
  @Test
  void theRecordOfALongConfigurationIsWritten_withTheConfigurationCountedAndHashed()
      throws IOException {
    Map<String, String> details = new TreeMap<>(Map.of("environment", "PRODUCTION"));
    for (int i = 0; i < 2_000; i++) {
      details.put("setting.enclave.keys.key-" + i, "arn:aws:kms:".repeat(10));
    }

    required.begin(local(), trace).succeeded(details);

    AuditEvent event = sink.events.get(0);
    RecordEncoder.requireWritable(event);
    assertThat(event.details())
        .containsEntry("environment", "PRODUCTION")
        .containsOnlyKeys("environment", "setting.*");
    assertThat(event.details().get("setting.*")).matches("2000 members, SHA-256 [0-9a-f]{64}");
  }

  @Test
  void oneLongValueIsCountedAndHashed_andTheOthersStay() throws IOException {
    trace.providerRequestId("r".repeat(200_000));
    String most = "b".repeat(AuditTrail.LONGEST_TEXT);

    required
        .begin(local(), trace)
        .succeeded(Map.of("long", "a".repeat(200_000), "most", most, "short", "c"));

    AuditEvent event = sink.events.get(0);
    RecordEncoder.requireWritable(event);
    assertThat(event.details())
        .containsEntry("most", most)
        .containsEntry("short", "c")
        // printf 'a%.0s' {1..200000} | sha256sum
        .containsEntry("long", "200000 characters, SHA-256 " + SHA_256_OF_200000_A);
  }

  @Test
  void soManyDifferentLongDetailsAreCountedAndHashedTogether() throws IOException {
    Map<String, String> details = new TreeMap<>();
    for (int i = 0; i < 20_000; i++) {
      details.put("name-" + i, "value");
    }

    required.begin(local(), trace).succeeded(details);

    RecordEncoder.requireWritable(sink.events.get(0));
    assertThat(sink.events.get(0).details()).containsOnlyKeys("*");
    assertThat(sink.events.get(0).details().get("*")).startsWith("20000 members, SHA-256 ");
  }

  /** Each name has {@code detail.} before it in the log. */
  @Test
  void soManyShortDetailsThatTheirPrefixesCountAreWritten() throws IOException {
    Map<String, String> details = new TreeMap<>();
    for (int i = 0; i < 9_000; i++) {
      details.put("n" + i, "values");
    }

    required.begin(local(), trace).succeeded(details);

    RecordEncoder.requireWritable(sink.events.get(0));
  }

  @Test
  void whatCouldNotBeRecordedIsCountedInTheNextRecord() {
    sink.broken = true;
    optional.begin(local(), trace).succeeded(Map.of());
    optional.begin(local(), trace).succeeded(Map.of());
    sink.broken = false;

    optional.begin(local(), trace).succeeded(Map.of("a", "b"));
    optional.begin(local(), trace).succeeded(Map.of());

    assertThat(sink.events)
        .extracting(AuditEvent::details)
        .containsExactly(Map.of("a", "b", "unrecordedBefore", "2"), Map.of());
  }

  @Test
  void closingFails_whereOperationsWentOnWithoutARecord_andNamesThem() {
    sink.broken = true;
    optional.begin(local(), trace).succeeded(Map.of());
    for (int i = 0; i < 6; i++) {
      optional.begin(local(), new TestTrace("more-" + i)).succeeded(Map.of());
    }

    assertThatThrownBy(optional::close)
        .isInstanceOfSatisfying(
            PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE))
        .hasMessageContaining("7 records of the audit log could not be written (disk is full)")
        .hasMessageContaining("SIGN of wallet (operation operation-1), SIGN of wallet (operation m")
        .hasMessageContaining(" and others. ");
    assertThat(sink.closedAfter).isZero();
  }

  @Test
  void closingFailsNot_whereARecordToldOfThem_orTheyWereRefused() {
    sink.broken = true;
    optional.begin(local(), trace).succeeded(Map.of());
    assertUnavailable(() -> required.begin(local(), trace).succeeded(Map.of()));
    sink.broken = false;
    optional.begin(local(), trace).succeeded(Map.of());

    optional.close();
    required.close();
    assertThat(sink.closedAfter).isEqualTo(1);
  }

  @Test
  void withoutItsIntentARequiredOperationDoesNotBegin() {
    sink.broken = true;

    assertUnavailable(() -> required.begin(remote(), trace));
  }

  @Test
  void withoutItsOutcomeARequiredResultIsNotReleased() {
    for (AuditTrail.Subject subject : List.of(remote(), local())) {
      sink.broken = false;
      AuditTrail.OperationRecord entry = required.begin(subject, trace);
      sink.broken = true;

      assertUnavailable(() -> entry.succeeded(Map.of()));
    }
  }

  @Test
  void aFailureStaysTheFailure_whenItCannotBeRecorded() {
    AuditTrail.OperationRecord entry = required.begin(remote(), trace);
    sink.broken = true;
    EnclaveException failure = down();

    assertThat(entry.failed(failure)).isSameAs(failure);
    assertThat(failure.getSuppressed()).hasSize(1);
  }

  @Test
  void aSinkThatThrowsWhatItMustNotCountsAsBroken_withoutItsMessage() {
    sink.rogue = true;

    assertThatThrownBy(() -> required.begin(remote(), trace))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("IllegalStateException")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void whereTheLogIsNotNeededItWarnsOnce_andGoesOn() {
    try (Warnings warnings = new Warnings()) {
      sink.broken = true;
      for (int i = 0; i < 5; i++) {
        optional.begin(remote(), trace).succeeded(Map.of());
      }
      assertThat(warnings.seen).hasSize(1);
      assertThat(optional.health().map(f -> f.code())).hasValue(ErrorCode.AUDIT_UNAVAILABLE);

      sink.broken = false;
      optional.begin(local(), trace).succeeded(Map.of());
      assertThat(optional.health()).isEmpty();

      sink.broken = true;
      optional.begin(local(), trace).succeeded(Map.of());
      assertThat(warnings.seen).hasSize(2);
    }
  }

  @Test
  void aRecordThatWasOnItsWayBeforeTheTroubleDoesNotEndIt() {
    sink.meanwhile =
        () -> {
          sink.broken = true;
          optional.begin(local(), new TestTrace("operation-2")).succeeded(Map.of());
          sink.broken = false;
        };
    try (Warnings warnings = new Warnings()) {
      optional.begin(local(), trace).succeeded(Map.of());
      assertThat(optional.health().map(f -> f.code())).hasValue(ErrorCode.AUDIT_UNAVAILABLE);

      sink.broken = true;
      optional.begin(local(), trace).succeeded(Map.of());
      assertThat(warnings.seen).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasRefusedAndWhatFailedAreTold(boolean remote) {
    AuditTrail.Subject subject = remote ? remote() : local();
    required.begin(subject, trace).failed(down());
    required
        .begin(subject, trace)
        .failed(new UsageException(ErrorCode.KEY_NOT_ACTIVE, "not active"));

    assertThat(sink.events)
        .filteredOn(e -> e.phase() != Phase.INTENT)
        .extracting(AuditEvent::result)
        .containsExactly(Result.FAILURE, Result.REFUSED);
    assertThat(sink.events)
        .filteredOn(e -> e.phase() != Phase.INTENT)
        .extracting(AuditEvent::errorCode)
        .containsExactly(
            Optional.of(ErrorCode.BACKEND_UNAVAILABLE), Optional.of(ErrorCode.KEY_NOT_ACTIVE));
  }

  @Test
  void aRefusalBeforeAnythingWasAskedIsOneRecord() {
    EnclaveException failure = new PolicyException(ErrorCode.STAMP_MISMATCH, "of another place");

    assertThat(required.withoutIntent(remote(), trace).failed(failure)).isSameAs(failure);
    assertThat(sink.events).extracting(AuditEvent::phase).containsExactly(Phase.SINGLE);
    assertThat(sink.events).extracting(AuditEvent::result).containsExactly(Result.REFUSED);
  }

  @Test
  @Timeout(300)
  void whoComesWhileTheSinkClosesIsRefusedAtOnce_sinceTheSinkMayWaitForHim() throws Exception {
    AtomicReference<Throwable> met = new AtomicReference<>();
    AtomicReference<Thread.State> atTheEnd = new AtomicReference<>();
    AuditTrail[] trail = new AuditTrail[1];
    AuditSink waiting =
        new AuditSink() {
          @Override
          public void append(AuditEvent event, Durability durability) {}

          @Override
          public void close() throws IOException {
            Thread late =
                new Thread(() -> met.set(catchThrowable(() -> trail[0].begin(remote(), trace))));
            late.start();
            try {
              late.join();
            } catch (InterruptedException e) {
              throw new IOException("it was made to wait for the closing", e);
            }
            atTheEnd.set(late.getState());
          }
        };
    trail[0] = new AuditTrail(waiting, true, time);

    trail[0].close();

    assertThat(atTheEnd).hasValue(Thread.State.TERMINATED);
    assertThat(met.get())
        .isInstanceOfSatisfying(
            UsageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
  }

  @Test
  @Timeout(300)
  void anOperationUnderWayAtTheCloseGetsItsOutcome_andWhoComesAfterNothing() throws Exception {
    AuditTrail.OperationRecord entry = required.begin(remote(), trace);
    Thread closing = new Thread(required::close);
    closing.start();
    while (closing.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    entry.succeeded(Map.of());
    closing.join();

    assertThat(sink.events)
        .extracting(AuditEvent::phase)
        .containsExactly(Phase.INTENT, Phase.OUTCOME);
    assertThat(sink.closedAfter).isEqualTo(2);
    assertThatThrownBy(() -> required.begin(remote(), trace)).isInstanceOf(UsageException.class);
  }

  private static EnclaveException down() {
    return new ConnectivityException(ErrorCode.BACKEND_UNAVAILABLE, "down", true, null);
  }

  @Test
  void theSinkIsClosed_alsoWhenTheClockThrowsAtTheClose() {
    TimeSource broken =
        new TimeSource() {
          @Override
          public Instant now() {
            throw new IllegalStateException("no time");
          }

          @Override
          public long nanoTime() {
            throw new IllegalStateException("no time");
          }

          @Override
          public void pause(Duration duration) {}
        };

    assertThatThrownBy(() -> new AuditTrail(sink, false, broken).close()).hasMessage("no time");

    assertThat(sink.closedAfter).isZero();
  }

  private static void assertUnavailable(Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            PolicyException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE));
  }

  private static AuditTrail.Subject remote() {
    return subject(true);
  }

  private static AuditTrail.Subject local() {
    return subject(false);
  }

  private static AuditTrail.Subject subject(boolean remote) {
    return new AuditTrail.Subject(
        Operation.SIGN,
        "user:7",
        Optional.of(KeyName.of("wallet")),
        Optional.of(BackendId.AWS_KMS),
        remote);
  }

  private static final class BreakingSink implements AuditSink {

    private final List<AuditEvent> events = new ArrayList<>();
    private final List<Durability> durabilities = new ArrayList<>();
    private boolean broken;
    private boolean rogue;
    private int closedAfter = -1;

    /** What happens once, while a record is being written. */
    private @Nullable Runnable meanwhile;

    @Override
    public void append(AuditEvent event, Durability durability) throws IOException {
      Runnable once = meanwhile;
      meanwhile = null;
      if (once != null) {
        once.run();
      }
      if (rogue) {
        throw new IllegalStateException("hunter2");
      }
      if (broken) {
        throw new IOException("disk is full");
      }
      events.add(event);
      durabilities.add(durability);
    }

    @Override
    public void close() {
      closedAfter = events.size();
    }
  }

  /** What the trail logs meanwhile. */
  private static final class Warnings extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger("dev.enclave.audit");
    private final List<LogRecord> seen = new ArrayList<>();

    Warnings() {
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
      seen.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }
}

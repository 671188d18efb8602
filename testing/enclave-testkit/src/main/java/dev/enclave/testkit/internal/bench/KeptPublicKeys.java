package dev.enclave.testkit.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.testkit.RecordingAuditSink.Appended;
import dev.enclave.testkit.SteppedTasks;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What becomes of the public key of a version that is destroyed, by the engine over a backend. */
public final class KeptPublicKeys {

  private static final Duration YEARS = Duration.ofDays(1000);
  private static final Duration ONE_MINUTE = Duration.ofMinutes(1);
  private static final Duration DESTROY_AFTER = Duration.ofHours(1);

  /** Waits of ten minutes at most, reads of the key and of others, and two acts. */
  private static final int MOST_STEPS = 60;

  /** What {@code destroy-after} needs, and nothing else that rotates. */
  private static final Map<String, String> BY_ITSELF =
      Map.of(
          "enclave.rotation.automatic", "on",
          "enclave.rotation.cache-time", "PT1M",
          "enclave.rotation.verify-for", "PT30M",
          "enclave.rotation.destroy-after", DESTROY_AFTER.toString());

  private final Workbench bench;
  private final BackendHarness harness;
  private final boolean keeps;

  /** The only key that the Enclaves see on a list, so that no version of others goes. */
  private final KeyName name;

  public KeptPublicKeys(Workbench bench) {
    this.bench = bench;
    this.harness = bench.harness();
    this.keeps = harness.expects(BackendTrait.KEEPS_PUBLIC_KEYS);
    this.name = bench.freshName();
  }

  /** A log that hands its records on, as standard output does, until it is told to keep them. */
  private static final class Passing implements AuditSink {
    private final RecordingAuditSink log = new RecordingAuditSink();
    private volatile boolean keeps;

    @Override
    public boolean keepsRecords() {
      return keeps;
    }

    @Override
    public void append(AuditEvent event, Durability durability) throws IOException {
      log.append(event, durability);
    }

    @Override
    public void close() {
      log.close();
    }
  }

  /** An administrator destroys the older of two versions. */
  public void requireKept() throws InterruptedException {
    Passing passing = new Passing();
    try (Enclave enclave = EngineBackend.builder(harness, Map.of(), passing, name::equals).open()) {
      SigningKey key = create(enclave);
      KeyVersion old = rotate(enclave, key);
      ManagedKey managed = enclave.admin().key(key.handle());
      if (!keeps) {
        requireRefused(ErrorCode.PUBLIC_KEY_NOT_KEPT, managed, old.id());
        requireWrappingKeysGo(enclave);
        passing.keeps = true;
        passing.log.failWhen(event -> event.details().containsKey("publicKey"));
        requireRefused(ErrorCode.AUDIT_UNAVAILABLE, managed, old.id());
        passing.log.failWhen(event -> false);
        assertThat(managed.info().version(old.id()).orElseThrow().state())
            .isEqualTo(KeyState.VERIFY_ONLY);
      }
      requireDestroyed(managed.destroy(old.id()), old);
      if (!keeps) {
        requireRecordedFirst(passing.log, old);
      }
    }
  }

  private SigningKey create(Enclave enclave) {
    return enclave.createKey(
        KeySpec.named(name.value())
            .algorithm(bench.signingAlgorithm())
            .rotation(RotationInterval.every(YEARS)));
  }

  private KeyVersion rotate(Enclave enclave, SigningKey key) throws InterruptedException {
    KeyVersion old = key.activeVersion();
    enclave.admin().key(key.handle()).rotate(RotationRequest.ifActive(old));
    await(
        read -> read.version(old.id()).filter(v -> v.state() == KeyState.VERIFY_ONLY).isPresent());
    return old;
  }

  /** Until others read it; where keys end with the backend, there are none. */
  private void await(Predicate<KeySnapshot> seen) throws InterruptedException {
    if (harness.expects(BackendTrait.PERSISTENT)) {
      bench.awaitKey(name, seen);
    }
  }

  private static void requireRefused(ErrorCode code, ManagedKey key, KeyVersionId version) {
    EnclaveException refused =
        catchThrowableOfType(EnclaveException.class, () -> key.destroy(version));
    assertThat(refused).as("destruction of version " + version).isNotNull();
    assertThat(refused.code()).isEqualTo(code);
    assertThat(refused).hasMessageContaining("enclave.audit.directory");
  }

  private void requireDestroyed(KeyInfo changed, KeyVersion old) throws InterruptedException {
    assertThat(changed.version(old.id()).map(KeyVersion::state).orElse(KeyState.DESTROYED))
        .isEqualTo(KeyState.DESTROYED);
    await(read -> read.version(old.id()).filter(v -> v.state() != KeyState.DESTROYED).isEmpty());
  }

  /** The intent has the public key, and is durable: the provider is asked after it. */
  private static void requireRecordedFirst(RecordingAuditSink log, KeyVersion old) {
    String spki =
        Base64.getEncoder().encodeToString(old.publicKey().orElseThrow().spki().toByteArray());
    List<Appended> changes =
        log.appended().stream()
            .filter(appended -> appended.event().operation() == Operation.CHANGE_STATE)
            .filter(appended -> appended.event().version().equals(Optional.of(old.id())))
            .filter(appended -> spki.equals(appended.event().details().get("publicKey")))
            .toList();
    assertThat(changes).extracting(Appended::durability).containsOnly(Durability.DURABLE);
    assertThat(changes)
        .extracting(appended -> appended.event().phase())
        .contains(Phase.INTENT, Phase.OUTCOME);
    assertThat(
            changes.stream()
                .map(Appended::event)
                .filter(event -> event.phase() == Phase.INTENT)
                .findFirst())
        .as("the intent is of the operation that the outcome is of")
        .map(AuditEvent::operationId)
        .contains(changes.get(changes.size() - 1).event().operationId());
  }

  /** They have no public key to be lost. */
  private void requireWrappingKeysGo(Enclave enclave) {
    Stream.of(WrappingAlgorithm.values())
        .filter(algorithm -> harness.expects(BackendTrait.WRAPS))
        .filter(algorithm -> bench.backend().describe().support(algorithm).isPresent())
        .findFirst()
        .ifPresent(
            algorithm -> {
              ManagedKey kek =
                  enclave
                      .admin()
                      .key(
                          enclave
                              .createKey(
                                  KeySpec.named(bench.freshName().value()).algorithm(algorithm))
                              .handle());
              KeyVersionId only = kek.info().active().orElseThrow().id();
              kek.disable(only);
              assertThat(kek.destroy(only).versions())
                  .extracting(KeyVersion::state)
                  .containsOnly(KeyState.DESTROYED);
            });
  }

  /** An Enclave destroys the older of two versions by itself. */
  public void requireKeptByItself() throws InterruptedException {
    if (!keeps) {
      EnclaveException refused =
          catchThrowableOfType(
              EnclaveException.class,
              () ->
                  EngineBackend.builder(harness, BY_ITSELF, new Passing(), name::equals)
                      .open()
                      .close());
      assertThat(refused).as("a start that would destroy what nothing keeps").isNotNull();
      assertThat(refused.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID_VALUE);
    }
    JumpingTime time = new JumpingTime(harness.time());
    SteppedTasks tasks = new SteppedTasks();
    RecordingAuditSink log = new RecordingAuditSink();
    EnclaveFactory.Builder builder =
        EngineBackend.builder(harness.on(time, harness.settling()), BY_ITSELF, log, name::equals)
            .scheduler(tasks);
    try (Enclave enclave = builder.open()) {
      SigningKey key = create(enclave);
      // A version that became active in the moment in which the other one did has replaced nothing.
      time.jump(ONE_MINUTE);
      Instant earliest = time.now().plus(DESTROY_AFTER);
      KeyVersion old = rotate(enclave, key);
      for (int step = 0; !destroyed(enclave, key, old); step++) {
        assertThat(step).as("steps until version " + old.id() + " goes").isLessThan(MOST_STEPS);
        tasks.runNext(time::jump);
      }
      assertThat(time.now()).as("when it went").isAfterOrEqualTo(earliest);
      if (!keeps) {
        requireRecordedFirst(log, old);
      }
    }
  }

  private static boolean destroyed(Enclave enclave, SigningKey key, KeyVersion old) {
    return enclave
        .admin()
        .key(key.handle())
        .info()
        .version(old.id())
        .filter(version -> version.state() != KeyState.DESTROYED)
        .isEmpty();
  }
}

package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.RestoreRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.kms.model.Tag;

/** A restoration of several versions that was cut short, by a process that is gone. */
class KmsRestorationTest {

  private static final AtomicInteger NAMES = new AtomicInteger();

  private static FaultInjector faults;
  // One for all: a server's wrapping keys take seconds to make.
  private static KmsBench bench;

  private final KeyName name = KeyName.of("cut-" + NAMES.incrementAndGet());

  @BeforeAll
  static void open() {
    faults = new FaultInjector(FaultPlan.NONE);
    bench = new KmsBench(server -> server.faults(faults));
    bench.warmImports();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void forget() {
    faults.follow(FaultPlan.NONE);
    bench.server.journal().clear();
  }

  private RestoreRequest request(ExportedKey key) {
    return RestoreRequest.of(name, EnvironmentType.PRODUCTION, key, KmsBench.newId());
  }

  private static ExportedKey threeVersions() {
    return KmsImporterTest.key(
        KmsBench.ALGORITHM, KeyState.DISABLED, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
  }

  /** By a process of its own, which ends. */
  private KeySnapshot restoreElsewhere(ExportedKey key) throws BackendFailure {
    try (CapableBackend other = bench.open()) {
      RestoreRequest request = request(key);
      return other.restore(request, bench.call(request.operationId()));
    }
  }

  /** Ends where the plan's fault strikes. */
  private void cutShort(ExportedKey key, FaultPlan plan) {
    faults.follow(plan);
    assertThat(catchThrowableOfType(BackendFailure.class, () -> restoreElsewhere(key)))
        .as("the failure of a restoration with " + plan)
        .isNotNull();
    requireStruck();
  }

  /** Or it was something else that failed. */
  private static void requireStruck() {
    assertThat(bench.server.journal().entries()).anyMatch(entry -> entry.fault().isPresent());
    faults.follow(FaultPlan.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "CreateAlias, 1",
    "CreateAlias, 2",
    "CreateAlias, 3",
    "CreateAlias, 4",
    "TagResource, 1",
    "TagResource, 2",
    "CreateAlias, 5"
  })
  void isFinishedByWhoeverRestoresTheSame(String operation, int number) throws BackendFailure {
    requireFinished(FaultPlan.NONE.on(operation, number, Fault.resetAfter()));
  }

  @Test
  void isFinishedToo_whenOnlyTheNoteWasLeft() throws BackendFailure {
    requireFinished(FaultPlan.NONE.on("UntagResource", 1, Fault.resetBefore()));
  }

  private void requireFinished(FaultPlan plan) throws BackendFailure {
    try (ExportedKey outside = threeVersions()) {
      cutShort(outside, plan);

      KeySnapshot restored = restoreElsewhere(outside);

      assertThat(restored.versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.DISABLED, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
      assertThat(restored.versions())
          .extracting(KeyVersion::publicKey)
          .containsExactlyElementsOf(outside.versions().stream().map(Version::publicKey).toList());
      assertThat(read().versions())
          .extracting(KeyVersion::id, KeyVersion::state)
          .containsExactlyElementsOf(
              restored.versions().stream()
                  .map(v -> org.assertj.core.groups.Tuple.tuple(v.id(), v.state()))
                  .toList());
      assertThat(tagsOfTheFirst()).doesNotContain(KmsNames.TAG + "restoring");
    }
  }

  private KeySnapshot read() throws BackendFailure {
    try (CapableBackend other = bench.open()) {
      return other.load(name, bench.call());
    }
  }

  private List<String> tagsOfTheFirst() {
    String keyId =
        bench.console().describeKey(r -> r.keyId(KmsNames.version(name, 1))).keyMetadata().keyId();
    return bench.console().listResourceTags(r -> r.keyId(keyId)).tags().stream()
        .map(Tag::tagKey)
        .toList();
  }

  @Test
  void isNotFinishedByAnotherKey_norByOneThatDiffersInAState() throws BackendFailure {
    try (ExportedKey outside = threeVersions();
        ExportedKey other = threeVersions()) {
      cutShort(outside, FaultPlan.NONE.on("CreateAlias", 2, Fault.resetBefore()));
      // The first version is there already, the second is not.
      ExportedKey firstUsable = inState(outside, 1, KeyState.VERIFY_ONLY);
      ExportedKey secondDisabled = inState(outside, 2, KeyState.DISABLED);

      for (ExportedKey wrong : List.of(other, firstUsable, secondDisabled)) {
        BackendFailure refusal =
            catchThrowableOfType(BackendFailure.class, () -> restoreElsewhere(wrong));
        assertThat(refusal)
            .as("the refusal of " + wrong.versions().stream().map(Version::state).toList())
            .extracting(BackendFailure::code)
            .isEqualTo(FailureCode.ALREADY_EXISTS);
      }
      assertThat(restoreElsewhere(outside).active()).isPresent();
    }
  }

  /** The same key, which shares its material, with one version in another state. */
  private static ExportedKey inState(ExportedKey key, int number, KeyState state) {
    List<Version> versions = new ArrayList<>(key.versions());
    Version same = versions.get(number - 1);
    versions.set(
        number - 1,
        Version.of(same.id(), state, same.createdAt(), same.publicKey(), same.material()));
    return ExportedKey.of(key.name(), key.algorithm(), key.rotation(), key.stamp(), versions);
  }

  @Test
  void isLeftAlone_onceMoreHasBecomeOfTheKey() throws BackendFailure {
    try (ExportedKey outside = threeVersions()) {
      cutShort(outside, FaultPlan.NONE.on("UntagResource", 1, Fault.resetBefore()));
      KeySnapshot rotated = bench.rotate(read());

      BackendFailure refusal =
          catchThrowableOfType(BackendFailure.class, () -> restoreElsewhere(outside));

      assertThat(refusal.code()).isEqualTo(FailureCode.ALREADY_EXISTS);
      assertThat(read().active()).isEqualTo(rotated.active());
    }
  }

  @Test
  void isLeftAlone_whenItsVersionsWereDestroyed() throws BackendFailure {
    try (ExportedKey outside = threeVersions()) {
      cutShort(outside, FaultPlan.NONE.on("CreateAlias", 3, Fault.resetBefore()));
      KeySnapshot there = read();
      for (KeyVersion version : there.versions()) {
        KeyVersionRef ref = there.ref(version);
        bench.backend.changeState(ref, KeyState.DESTROYED, bench.call());
      }

      BackendFailure refusal =
          catchThrowableOfType(BackendFailure.class, () -> restoreElsewhere(outside));

      assertThat(refusal.code()).isEqualTo(FailureCode.ALREADY_EXISTS);
      assertThat(findings(bench.backend)).isEmpty();
    }
  }

  @Test
  void leavesNothingInUse_whenTheOneThatBeganComesBackLater() throws BackendFailure {
    try (ExportedKey outside = threeVersions()) {
      RestoreRequest slow = request(outside);
      faults.follow(FaultPlan.NONE.on("CreateAlias", 2, Fault.resetBefore()));
      assertThat(
              catchThrowableOfType(
                  BackendFailure.class,
                  () -> bench.backend.restore(slow, bench.call(slow.operationId()))))
          .isNotNull();
      requireStruck();
      KeySnapshot finished = restoreElsewhere(outside);

      KeySnapshot late = bench.backend.restore(slow, bench.call(slow.operationId()));

      assertThat(late.versions())
          .extracting(KeyVersion::id)
          .containsExactlyElementsOf(finished.versions().stream().map(KeyVersion::id).toList());
      assertThat(read().active()).isEqualTo(finished.active());
      List<String> inUse = finished.versions().stream().map(v -> v.id().value()).toList();
      assertThat(bench.server.journal().of("CreateKey"))
          .extracting(entry -> entry.keyId().orElseThrow())
          .filteredOn(id -> !inUse.contains(id))
          .isNotEmpty()
          .allSatisfy(
              id ->
                  assertThat(
                          bench
                              .console()
                              .describeKey(r -> r.keyId(id))
                              .keyMetadata()
                              .keyStateAsString())
                      .isEqualTo("PendingDeletion"));
    }
  }

  @Test
  void isNamedByReconcile_withWhatToDo_untilItIsFinished() throws BackendFailure {
    try (ExportedKey outside = threeVersions();
        CapableBackend operators = bench.open()) {
      cutShort(outside, FaultPlan.NONE.on("CreateAlias", 2, Fault.resetBefore()));
      bench.orphans(operators);
      assertThat(findings(operators)).as("it may be under way").isEmpty();

      bench.clock.advance(Duration.ofHours(1));
      bench.orphans(operators);
      assertThat(findings(operators))
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.observed()).contains("restoration of key " + name);
                assertThat(finding.fix()).contains("Restore the same backup as " + name);
              });
      assertThat(read().active()).isEmpty();

      restoreElsewhere(outside);
      operators.load(name, bench.call());
      assertThat(findings(operators)).isEmpty();
    }
  }

  private List<Finding> findings(CapableBackend backend) throws BackendFailure {
    return backend.health(bench.call()).findings().stream()
        .filter(finding -> finding.observed().contains(name.value() + " "))
        .toList();
  }
}

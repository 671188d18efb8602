package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A deleted KMS key takes its aliases along once its waiting time has passed, and leaves holes in
 * the record. They never bring an older version back, hide a later one, or free the name.
 */
@Tag("full")
class DeletedVersionsTest {

  private static final int VERSIONS = 4;
  private static final Duration PAST_ANY_WAITING_TIME = Duration.ofDays(31);

  private KmsBench bench;

  @BeforeEach
  void open() {
    bench = new KmsBench();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  /** Who deletes, and how. */
  private interface Deletion {
    void delete(KmsBench bench, KeySnapshot key, KeyVersion version) throws BackendFailure;
  }

  private static void byEnclave(KmsBench bench, KeySnapshot key, KeyVersion version)
      throws BackendFailure {
    bench.backend.changeState(key.ref(version), KeyState.DESTROYED, bench.call());
  }

  private static void inTheConsole(KmsBench bench, KeySnapshot key, KeyVersion version) {
    bench.console().scheduleKeyDeletion(r -> r.keyId(version.id().value()).pendingWindowInDays(7));
  }

  /** Every set of versions that may be gone, except all, whoever deleted them. */
  @TestFactory
  Stream<DynamicTest> holesChangeNothingElse() {
    return IntStream.range(1, (1 << VERSIONS) - 1)
        .boxed()
        .flatMap(
            gone ->
                Stream.of(
                    holes("byEnclave", gone, DeletedVersionsTest::byEnclave),
                    holes("inTheConsole", gone, DeletedVersionsTest::inTheConsole)));
  }

  private static DynamicTest holes(String how, int gone, Deletion deletion) {
    IntPredicate isGone = n -> (gone & 1 << n) != 0;
    String which =
        IntStream.range(0, VERSIONS).filter(isGone).mapToObj(n -> "_v" + (n + 1)).toList() + "";
    return DynamicTest.dynamicTest(
        how + which,
        () -> {
          try (KmsBench bench = new KmsBench()) {
            requireNothingElseChanged(bench, isGone, deletion);
          }
        });
  }

  private static void requireNothingElseChanged(
      KmsBench bench, IntPredicate isGone, Deletion deletion) throws BackendFailure {
    KeySnapshot key = keyOfVersions(bench);
    for (int n = 0; n < VERSIONS; n++) {
      if (isGone.test(n)) {
        deletion.delete(bench, key, key.versions().get(n));
      }
    }
    bench.clock.advance(PAST_ANY_WAITING_TIME);
    KeySnapshot left = bench.loadAnew();
    for (int n = 0; n < VERSIONS; n++) {
      KeyVersionId id = key.versions().get(n).id();
      if (!isGone.test(n)) {
        KeyState expected = n == VERSIONS - 1 ? KeyState.ACTIVE : KeyState.VERIFY_ONLY;
        assertThat(left.version(id).orElseThrow().state()).isEqualTo(expected);
      } else {
        assertThat(left.version(id).filter(v -> v.state() != KeyState.DESTROYED)).isEmpty();
      }
    }
    assertThat(left.createdAt()).isEqualTo(key.createdAt());
    assertThatThrownBy(() -> bench.create(KmsBench.NAME))
        .isInstanceOfSatisfying(
            BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.ALREADY_EXISTS));
  }

  private static KeySnapshot keyOfVersions(KmsBench bench) throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    for (int n = 1; n < VERSIONS; n++) {
      bench.clock.advance(Duration.ofDays(1));
      key = bench.rotate(key);
    }
    return key;
  }

  @Test
  void keepsThePlaceOfTheFirstVersion_whenItIsGone() throws BackendFailure {
    KeySnapshot key = keyOfVersions(bench);
    byEnclave(bench, key, key.versions().get(0));
    bench.clock.advance(PAST_ANY_WAITING_TIME);
    KeySnapshot left = bench.loadAnew();
    assertThat(left.versions()).extracting(KeyVersion::id).isEqualTo(ids(key));
    assertThat(left.versions().get(0).state()).isEqualTo(KeyState.DESTROYED);
    assertThat(left.providerUri()).isEqualTo(key.providerUri());
  }

  @Test
  void goesOnRotating_withNumbersNobodyHad() throws BackendFailure {
    KeySnapshot key = keyOfVersions(bench);
    byEnclave(bench, key, key.versions().get(1));
    bench.clock.advance(PAST_ANY_WAITING_TIME);
    KeySnapshot rotated = bench.rotate(bench.load());
    List<KeyVersionId> expected = new ArrayList<>(ids(key));
    expected.add(rotated.active().orElseThrow().id());
    assertThat(bench.loadAnew().versions()).extracting(KeyVersion::id).isEqualTo(expected);
  }

  @Test
  void anOlderVersionIsMadeActive_onlyBySayingSo() throws BackendFailure {
    KeySnapshot key = keyOfVersions(bench);
    inTheConsole(bench, key, key.versions().get(VERSIONS - 1));
    bench.clock.advance(PAST_ANY_WAITING_TIME);
    assertThat(bench.load().active()).isEmpty();
    KeyVersion older = key.versions().get(1);
    bench.backend.changeState(key.ref(older), KeyState.ACTIVE, bench.call());
    assertThat(bench.loadAnew().active().map(KeyVersion::id)).contains(older.id());
    KeySnapshot rotated = bench.rotate(bench.load());
    // When a version became active is remembered here, and gone with the one that it replaced.
    assertThat(bench.loadAnew())
        .usingRecursiveComparison()
        .ignoringFields("versions.activatedAt")
        .isEqualTo(rotated);
  }

  @Test
  void doesNotComeBack_whenTheRotatorDiedRightAfterItsClaim() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    KeySnapshot rotated = bench.rotate(key);
    String old = key.versions().get(0).id().value();
    bench.console().untagResource(r -> r.keyId(old).tagKeys(KmsNames.TAG + "state"));
    inTheConsole(bench, rotated, rotated.active().orElseThrow());
    bench.clock.advance(PAST_ANY_WAITING_TIME);
    assertThat(bench.loadAnew().version(key.versions().get(0).id()).orElseThrow().state())
        .isEqualTo(KeyState.VERIFY_ONLY);
  }

  @Test
  void staysActive_whenARotationThatNeverHappenedIsCleanedUp() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    var request = bench.rotation(key);
    KeyVersion next = bench.backend.prepare(request, bench.call());
    String intention = "2/2/" + next.id().value() + "/" + bench.clock.now().toEpochMilli();
    bench
        .console()
        .tagResource(
            r ->
                r.keyId(key.versions().get(0).id().value())
                    .tags(KmsNames.tag(KmsNames.TAG + "replaced-by", intention)));
    byEnclave(bench, bench.load(), next);
    bench.clock.advance(PAST_ANY_WAITING_TIME);
    KeySnapshot left = bench.loadAnew();
    assertThat(left.active().map(KeyVersion::id)).contains(key.versions().get(0).id());
    assertThat(
            bench.backend.sign(
                left.ref(left.active().orElseThrow()), Message.ofUtf8("pay"), bench.call()))
        .isNotNull();
  }

  @Test
  void freesTheName_onceEveryVersionIsGone() throws BackendFailure {
    KeySnapshot key = keyOfVersions(bench);
    for (KeyVersion version : key.versions()) {
      byEnclave(bench, key, version);
    }
    assertThatThrownBy(() -> bench.create(KmsBench.NAME)).isInstanceOf(BackendFailure.class);
    bench.clock.advance(PAST_ANY_WAITING_TIME);
    KeySnapshot anew = bench.create(KmsBench.NAME);
    assertThat(anew.versions()).hasSize(1);
    assertThat(bench.loadAnew()).isEqualTo(anew);
  }

  private static List<KeyVersionId> ids(KeySnapshot key) {
    return key.versions().stream().map(KeyVersion::id).toList();
  }
}

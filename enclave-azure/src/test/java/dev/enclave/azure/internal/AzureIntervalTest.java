package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.keys.AzureDirectory;
import dev.enclave.azure.internal.keys.AzurePublicKeys;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureTags.Claim;
import dev.enclave.azure.internal.model.AzureTags.Mark;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The interval is a tag of the first version, and the vault replaces all tags of a version at once:
 * whatever two write at the same time, both changes stay.
 */
class AzureIntervalTest {

  private static final RotationInterval QUARTERLY = RotationInterval.every(Duration.ofDays(90));

  private final AzureBench bench = new AzureBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "P1Y", "quarterly", "PT0S"})
  void isNeverDue_whenSomebodyMangledTheTag_asWithoutOne(String mangled) {
    assertThat(AzureTags.parse(Map.of(), "1").rotation()).isEqualTo(RotationInterval.NEVER);
    Map<String, String> tags = Map.of("enclave-rotation", mangled);
    assertThat(AzureTags.parse(tags, "1").rotation()).isEqualTo(RotationInterval.NEVER);
    tags = Map.of("enclave-rotation", "PT2160H");
    assertThat(AzureTags.parse(tags, "1").rotation()).isEqualTo(QUARTERLY);
  }

  @Test
  void leavesAVersionDestroyed_whenAnIntervalIsWrittenBesideTheTagsOfBefore()
      throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create());
    lateInterval(key);

    KeySnapshot destroyed = bench.backend.changeState(first(key), KeyState.DESTROYED, bench.call());

    assertThat(destroyed.versions().get(0).state()).isEqualTo(KeyState.DESTROYED);
    assertThat(destroyed.rotation()).isEqualTo(QUARTERLY);
    assertThat(bench.load()).isEqualTo(destroyed);
  }

  @Test
  void leavesAVersionRetired_whenAnIntervalIsWrittenBesideTheTagsOfBefore() throws BackendFailure {
    KeySnapshot key = bench.create();
    lateInterval(key);

    KeySnapshot retired = bench.backend.changeState(first(key), KeyState.VERIFY_ONLY, bench.call());

    assertThat(retired.versions().get(0).state()).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(retired.rotation()).isEqualTo(QUARTERLY);
    assertThat(bench.load()).isEqualTo(retired);
  }

  @Test
  void leavesAVersionActive_whenAnIntervalIsWrittenBesideTheTagsOfBefore() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.backend.changeState(first(key), KeyState.VERIFY_ONLY, bench.call());
    lateInterval(key);

    KeySnapshot active = bench.backend.changeState(first(key), KeyState.ACTIVE, bench.call());

    assertThat(active.versions().get(0).state()).isEqualTo(KeyState.ACTIVE);
    assertThat(bench.load()).isEqualTo(active);
  }

  @Test
  void keepsTheInterval_whenAMarkIsWrittenBesideTheTagsOfBefore() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create());
    AzureVersion before = bench.listed(key.name()).first().orElseThrow();
    afterEachUpdate(
        new AtomicInteger(1),
        () ->
            directory()
                .change(
                    key.name(),
                    before,
                    Optional.of(before.tags().withMark(Optional.of(Mark.DESTROYED))),
                    Optional.of(false),
                    bench.call()));

    KeySnapshot changed = bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());

    assertThat(changed.versions().get(0).state()).isEqualTo(KeyState.DESTROYED);
    assertThat(bench.load()).isEqualTo(changed);
  }

  @Test
  void writesTheIntervalAgain_whenSomebodyWritesBackWhatWasThere() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create());
    AzureVersion before = bench.listed(key.name()).first().orElseThrow();
    AtomicInteger times = new AtomicInteger(1);
    afterEachUpdate(times, () -> writeBack(key, before));

    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());

    assertThat(bench.load().rotation()).isEqualTo(QUARTERLY);
  }

  @Test
  void saysThatNothingIsCertain_whenSomebodyAlwaysWritesBackWhatWasThere() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create());
    AzureVersion before = bench.listed(key.name()).first().orElseThrow();
    afterEachUpdate(new AtomicInteger(100), () -> writeBack(key, before));

    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> bench.backend.changeInterval(key.name(), QUARTERLY, bench.call()));

    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(failure).hasMessageContaining("write its tags back");
  }

  @Test
  void leavesALaterChangeOfSomebodyElse() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create());
    AtomicInteger times = new AtomicInteger(1);
    afterEachUpdate(
        times,
        () -> bench.another().changeInterval(key.name(), RotationInterval.POLICY, bench.call()));

    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());

    assertThat(bench.load().rotation()).isEqualTo(RotationInterval.POLICY);
  }

  @Test
  void movesNoClaimOfTheFirstVersion() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create());
    AzureVersion first = bench.listed(key.name()).first().orElseThrow();
    AzureDirectory directory = directory();
    directory.tag(
        key.name(),
        first,
        first.tags().withClaims(List.of(new Claim(3, Optional.empty()))),
        bench.call());
    AzureVersion claiming = bench.listed(key.name()).first().orElseThrow();
    long second = claiming.secondOf(claiming.tags().claims().get(0));
    bench.clock.advance(Duration.ofSeconds(30));

    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());

    AzureVersion after = bench.listed(key.name()).first().orElseThrow();
    assertThat(after.secondOf(after.tags().claims().get(0))).isEqualTo(second);
    assertThat(after.tags().rotation()).isEqualTo(QUARTERLY);
  }

  private static KeyVersionRef first(KeySnapshot key) {
    return key.ref(key.versions().get(0));
  }

  private AzureDirectory directory() {
    AzureCalls calls = new AzureCalls(bench.session);
    return new AzureDirectory(calls, new AzurePublicKeys(calls));
  }

  private void writeBack(KeySnapshot key, AzureVersion before) throws BackendFailure {
    directory().tag(key.name(), before, before.tags(), bench.call());
  }

  /** The next update is followed by a change of the interval that was begun before it. */
  private void lateInterval(KeySnapshot key) throws BackendFailure {
    AzureVersion before = bench.listed(key.name()).first().orElseThrow();
    afterEachUpdate(
        new AtomicInteger(1),
        () ->
            directory()
                .tag(key.name(), before, before.tags().withRotation(QUARTERLY), bench.call()));
  }

  private void afterEachUpdate(AtomicInteger times, AzureBench.Work then) {
    bench.meddle(
        "UpdateKey",
        (request, service) -> {
          var response = service.handle(request);
          if (times.getAndDecrement() > 0) {
            bench.leaveAlone();
            run(then);
            afterEachUpdate(times, then);
          }
          return Delivery.answer(response);
        });
  }

  private static void run(AzureBench.Work work) {
    try {
      work.run();
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }
}

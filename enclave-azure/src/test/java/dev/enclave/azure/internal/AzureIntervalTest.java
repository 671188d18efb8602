package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.TaggedService.TagChange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The interval is a tag of the first version, and the vault replaces all tags of a version at once:
 * whatever two write at the same time, both changes stay.
 */
class AzureIntervalTest {

  private static final RotationInterval QUARTERLY = RotationInterval.every(Duration.ofDays(90));

  private static final String OWN = "enclave-version";
  private static final String CLAIMS = "enclave-active";

  private final AzureBench bench = new AzureBench();

  @AfterEach
  void close() {
    bench.close();
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
    ServiceKey before = bench.listed(key.name()).get(0);
    afterEachUpdate(
        new AtomicInteger(1),
        () ->
            bench
                .keys()
                .tag(
                    before,
                    new TagChange(
                        Map.of(OWN, before.id(), "enclave-state", "DESTROYED/0"),
                        Set.of(),
                        Optional.of(false)),
                    bench.call()));

    KeySnapshot changed = bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());

    assertThat(changed.versions().get(0).state()).isEqualTo(KeyState.DESTROYED);
    assertThat(bench.load()).isEqualTo(changed);
  }

  @Test
  void writesTheIntervalAgain_whenSomebodyWritesBackWhatWasThere() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create());
    ServiceKey before = bench.listed(key.name()).get(0);
    AtomicInteger times = new AtomicInteger(1);
    afterEachUpdate(times, () -> writeBack(before));

    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());

    assertThat(bench.load().rotation()).isEqualTo(QUARTERLY);
  }

  @Test
  void saysThatNothingIsCertain_whenSomebodyAlwaysWritesBackWhatWasThere() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create());
    ServiceKey before = bench.listed(key.name()).get(0);
    afterEachUpdate(new AtomicInteger(100), () -> writeBack(before));

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
    ServiceKey first = bench.listed(key.name()).get(0);
    Map<String, String> claim = Map.of(OWN, first.id(), CLAIMS, "3");
    ServiceKey claiming = bench.keys().tag(first, TagChange.of(claim), bench.call());
    bench.clock.advance(Duration.ofSeconds(30));

    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());

    assertThat(bench.listed(key.name()).get(0).tags())
        .containsEntry(CLAIMS, "3/" + claiming.changedAt().getEpochSecond())
        .containsEntry("enclave-rotation", QUARTERLY.toString());
  }

  @Test
  void leavesTagsOfOthers() throws BackendFailure {
    KeySnapshot key = bench.create();
    ServiceKey first = bench.listed(key.name()).get(0);
    bench.keys().tag(first, TagChange.of(Map.of("team", "payments")), bench.call());

    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());
    bench.backend.changeState(first(key), KeyState.VERIFY_ONLY, bench.call());

    assertThat(bench.listed(key.name()).get(0).tags())
        .containsEntry("team", "payments")
        .containsEntry("enclave-state", "RETIRED/1");
  }

  private static KeyVersionRef first(KeySnapshot key) {
    return key.ref(key.versions().get(0));
  }

  private void writeBack(ServiceKey before) throws BackendFailure {
    bench.keys().tag(before, TagChange.of(Map.of()), bench.call());
  }

  /** The next update is followed by a change of the interval that was begun before it. */
  private void lateInterval(KeySnapshot key) throws BackendFailure {
    ServiceKey before = bench.listed(key.name()).get(0);
    Map<String, String> interval =
        Map.of(OWN, before.id(), "enclave-rotation", QUARTERLY.toString());
    afterEachUpdate(
        new AtomicInteger(1), () -> bench.keys().tag(before, TagChange.of(interval), bench.call()));
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

package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.Tag;

/** Every version carries the interval, and whichever of them is deleted, the last one stays. */
class KmsIntervalTest {

  private static final RotationInterval QUARTERLY = RotationInterval.every(Duration.ofDays(90));
  private static final Duration PAST_ANY_WAITING_TIME = Duration.ofDays(31);

  private final KmsBench bench = new KmsBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void tellsEveryVersion() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create(KmsBench.NAME));
    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());
    assertThat(key.versions())
        .allSatisfy(version -> assertThat(tag(version)).isEqualTo("PT2160H/1"));
  }

  @Test
  void keepsTheInterval_onceTheVersionsThatWereToldAreGone() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());
    KeySnapshot rotated = bench.rotate(load());
    bench.backend.changeState(
        rotated.ref(rotated.versions().get(0)), KeyState.DESTROYED, bench.call());
    bench.clock.advance(PAST_ANY_WAITING_TIME);
    assertThat(load().rotation()).isEqualTo(QUARTERLY);
  }

  @Test
  void keepsTheInterval_ofWhichASuccessorThatWasMadeMeanwhileKnowsNothing() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    KeySnapshot rotated = bench.rotate(key);
    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());
    // As if it had been made from a reading of before.
    setTag(rotated.versions().get(1), "policy");
    assertThat(load().rotation()).isEqualTo(QUARTERLY);

    bench.backend.changeState(
        rotated.ref(rotated.versions().get(0)), KeyState.DESTROYED, bench.call());
    assertThat(load().rotation()).isEqualTo(QUARTERLY);
    bench.clock.advance(PAST_ANY_WAITING_TIME);
    assertThat(load().rotation()).isEqualTo(QUARTERLY);
  }

  @Test
  void goesOn_whereAnEarlierAttemptEnded() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create(KmsBench.NAME));
    setTag(key.versions().get(0), "PT2160H/1");
    assertThat(load().rotation()).isEqualTo(QUARTERLY);

    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());

    assertThat(tag(key.versions().get(1))).isEqualTo("PT2160H/1");
    bench.backend.changeInterval(key.name(), RotationInterval.NEVER, bench.call());
    assertThat(tag(key.versions().get(1))).isEqualTo("never/2");
  }

  @Test
  void bringsNoOldIntervalBack_whenAVersionThatWasToBeDeletedIsKept() throws BackendFailure {
    KeySnapshot key = bench.rotate(bench.create(KmsBench.NAME));
    KeyVersion first = key.versions().get(0);
    bench.backend.changeState(key.ref(first), KeyState.DESTROYED, bench.call());
    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());

    bench.console().cancelKeyDeletion(r -> r.keyId(first.id().value()));

    assertThat(load().rotation()).isEqualTo(QUARTERLY);
  }

  @Test
  void isNeverDue_whenSomebodyMangledTheTag_asWithoutOne() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.backend.changeInterval(key.name(), QUARTERLY, bench.call());
    assertThat(load().rotation()).isEqualTo(QUARTERLY);
    String id = key.versions().get(0).id().value();
    bench.console().untagResource(r -> r.keyId(id).tagKeys(KmsNames.TAG + "rotation"));
    assertThat(load().rotation()).isEqualTo(RotationInterval.NEVER);
    for (String mangled : new String[] {"P1Y/2", "never/x", "never/1/2", "/3", ""}) {
      setTag(key.versions().get(0), mangled);
      assertThat(load().rotation()).as(mangled).isEqualTo(RotationInterval.NEVER);
    }
  }

  @Test
  void refusesAKeyOfWhichEveryVersionIsDestroyed() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.backend.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, bench.call());
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> bench.backend.changeInterval(key.name(), QUARTERLY, bench.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID_STATE);
  }

  private KeySnapshot load() throws BackendFailure {
    return bench.backend.load(KmsBench.NAME, bench.call());
  }

  private String tag(KeyVersion version) {
    return bench.console().listResourceTags(r -> r.keyId(version.id().value())).tags().stream()
        .filter(tag -> tag.tagKey().equals(KmsNames.TAG + "rotation"))
        .map(Tag::tagValue)
        .findFirst()
        .orElseThrow();
  }

  private void setTag(KeyVersion version, String value) {
    bench
        .console()
        .tagResource(
            r ->
                r.keyId(version.id().value()).tags(KmsNames.tag(KmsNames.TAG + "rotation", value)));
  }
}

package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tags and aliases of KMS keys say, whoever wrote them. */
class StatesByTagsTest {

  private static final Duration MONTH = Duration.ofDays(30);
  private static final String NOBODY = "00000000-1111-4222-8333-444444444444";

  private KmsBench bench;
  private KeySnapshot key;

  @BeforeEach
  void open() throws BackendFailure {
    bench = new KmsBench();
    key = bench.create(KmsBench.NAME);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private static String id(KeySnapshot key, int number) {
    return key.versions().get(number - 1).id().value();
  }

  private void tag(String id, String tag, String value) {
    bench.console().tagResource(r -> r.keyId(id).tags(KmsNames.tag(KmsNames.TAG + tag, value)));
  }

  private void intend(int number, String successor, Instant at) {
    tag(id(key, 1), "replaced-by", "2/" + number + "/" + successor + "/" + at.toEpochMilli());
  }

  private KeyState first() throws BackendFailure {
    return bench.loadAnew().versions().get(0).state();
  }

  @Test
  void anIntentionAloneReplacesNobody() throws BackendFailure {
    KeyVersion next = bench.backend.prepare(bench.rotation(key), bench.call());
    intend(2, next.id().value(), bench.clock.now());
    assertThat(bench.loadAnew().versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.ACTIVE, KeyState.PENDING);
  }

  @Test
  void anIntentionWhoseSuccessorIsNotSeenYetReplacesNobody() throws BackendFailure {
    intend(2, NOBODY, bench.clock.now());
    assertThat(first()).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void doesNotComeBack_whenItsSuccessorIsGoneAndOnlyTheIntentionWasNoted() throws BackendFailure {
    intend(2, NOBODY, bench.clock.now().minus(MONTH));
    assertThat(first()).isEqualTo(KeyState.VERIFY_ONLY);
  }

  @ParameterizedTest
  @CsvSource({
    // Its successor is gone.
    "REPLACED/2, VERIFY_ONLY",
    "REPLACED/2/DISABLED, DISABLED",
    // By itself, though nothing followed.
    "RETIRED/1, VERIFY_ONLY",
    // A number that nobody wrote makes nothing sign.
    "RETIRED/99999999999, VERIFY_ONLY",
    "RETIRED, VERIFY_ONLY",
    "SOMETHING/2, ACTIVE"
  })
  void isWhatItsMarkSays(String mark, KeyState state) throws BackendFailure {
    tag(id(key, 1), "state", mark);
    assertThat(first()).isEqualTo(state);
  }

  @Test
  void isActive_whenItBecameSoAgainAfterItWasReplaced() throws BackendFailure {
    bench.rotate(key);
    bench
        .console()
        .createAlias(
            r -> r.aliasName(KmsNames.hint(KmsBench.NAME) + "/active/3").targetKeyId(id(key, 1)));
    assertThat(bench.loadAnew().versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.ACTIVE, KeyState.VERIFY_ONLY);
  }

  @Test
  void whatKmsDisabledOrDeletesIsSo_whateverTheRecord() throws BackendFailure {
    KeySnapshot rotated = bench.rotate(key);
    bench.console().disableKey(r -> r.keyId(id(rotated, 1)));
    bench.console().scheduleKeyDeletion(r -> r.keyId(id(rotated, 2)).pendingWindowInDays(7));
    KeySnapshot read = bench.loadAnew();
    assertThat(read.versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.DISABLED, KeyState.DESTROYED);
    assertThat(read.active()).isEmpty();
  }

  @Test
  void takesNoNumber_thatAVersionKnowsOfThatOutlivedItsNeighbours() throws BackendFailure {
    intend(7, NOBODY, bench.clock.now());
    KeyVersion next = bench.backend.prepare(bench.rotation(key), bench.call());
    String eighth = KmsNames.version(KmsBench.NAME, 8);
    assertThat(bench.console().describeKey(r -> r.keyId(eighth)).keyMetadata().keyId())
        .isEqualTo(next.id().value());
  }

  @Test
  void takesMangledTagsForAbsent() throws BackendFailure {
    tag(id(key, 1), "rotation", "sometimes");
    tag(id(key, 1), "replaced-by", "1/2/3");
    tag(id(key, 1), "first", "/");
    tag(id(key, 1), "active", "first of all");
    tag(id(key, 1), "activated", "2/never");
    tag(id(key, 1), "moved-to", "nowhere");
    KeySnapshot read = bench.loadAnew();
    assertThat(read).isEqualTo(key.withRotation(RotationInterval.NEVER));
  }

  @Test
  void showsNoVersion_thatIsNamedByNoIdOfAKey() throws BackendFailure {
    KeySnapshot rotated = bench.rotate(key);
    bench.backend.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, bench.call());
    tag(id(rotated, 2), "first", "one/" + key.createdAt().toEpochMilli());
    bench.clock.advance(MONTH.plusDays(1));
    KeySnapshot read = bench.loadAnew();
    KeyVersion left = rotated.active().orElseThrow();
    assertThat(read.versions()).extracting(KeyVersion::id).containsExactly(left.id());
    assertThat(read.providerUri()).isEqualTo(left.providerUri());
  }

  @Test
  void takesNoMangledStamp_forAMissingOne() throws BackendFailure {
    tag(id(key, 1), "environment", "production");
    assertThat(bench.loadAnew().stamp()).isInstanceOf(StampReading.Unreadable.class);
  }

  @Test
  void signsNothingUnderAnotherName_onceItIsRetired() throws BackendFailure {
    bench.rotate(key);
    String retired = key.versions().get(0).providerUri();
    KeySnapshot adopted = bench.backend.adopt(KmsBench.NAME, retired, bench.call());
    assertThat(adopted.versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY);
  }

  private static KeySnapshot compromised(KmsBench bench, KeySnapshot key) throws BackendFailure {
    RotateRequest request =
        RotateRequest.of(
            key.name(), key.active().orElseThrow().id(), KmsBench.newId(), KeyState.DISABLED);
    KeyVersion next = bench.backend.prepare(request, bench.call(request.operationId()));
    return bench.backend.activate(request, next.id(), bench.call(request.operationId()));
  }

  /** KMS takes no comma in a tag. */
  @Test
  void becomesActiveOnceMore_thoughItDisabledTheOneBefore() throws BackendFailure {
    KeySnapshot second = compromised(bench, key);
    KeySnapshot third = bench.rotate(second);
    KeyVersion last = third.active().orElseThrow();
    bench.backend.changeState(third.ref(last), KeyState.DISABLED, bench.call());
    KeyVersion once = second.active().orElseThrow();
    bench.backend.changeState(third.ref(once), KeyState.ACTIVE, bench.call());
    assertThat(bench.loadAnew().versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.DISABLED, KeyState.ACTIVE, KeyState.DISABLED);
  }

  @Test
  void isDisabledForEveryReader_whenARotationDiesBeforeKmsHasSwitchedItOff() throws BackendFailure {
    Interceptor dying =
        (request, service) ->
            request.operation().equals("DisableKey")
                ? Delivery.reset()
                : Delivery.answer(service.handle(request));
    try (KmsBench other = new KmsBench(server -> server.interceptor(dying))) {
      KeySnapshot old = other.create(KmsBench.NAME);
      assertThatThrownBy(() -> compromised(other, old)).isInstanceOf(BackendFailure.class);

      assertThat(other.loadAnew().versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.DISABLED, KeyState.ACTIVE);
      assertThat(other.console().describeKey(r -> r.keyId(id(old, 1))).keyMetadata().enabled())
          .isTrue();
    }
  }
}

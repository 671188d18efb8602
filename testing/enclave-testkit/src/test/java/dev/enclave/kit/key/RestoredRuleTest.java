package dev.enclave.kit.key;

import static dev.enclave.kit.key.ListedVersions.NAME;
import static dev.enclave.kit.key.ListedVersions.claiming;
import static dev.enclave.kit.key.ListedVersions.copy;
import static dev.enclave.kit.key.ListedVersions.first;
import static dev.enclave.kit.key.ListedVersions.ids;
import static dev.enclave.kit.key.ListedVersions.key;
import static dev.enclave.kit.key.ListedVersions.marked;
import static dev.enclave.kit.key.ListedVersions.next;
import static dev.enclave.kit.key.ListedVersions.part;
import static dev.enclave.kit.key.ListedVersions.stranger;
import static dev.enclave.kit.key.ListedVersions.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.kit.key.ServiceKey.Material;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule on keys that came from elsewhere, by examples. */
class RestoredRuleTest {

  private static final long SECOND = 1_800_000_000L;

  private static final ServiceKey OFF = of("d", 0, 1, KeyState.DISABLED);
  private static final ServiceKey OLD = of("c", 0, 2, KeyState.VERIFY_ONLY);
  private static final ServiceKey HEAD = of("b", 0, 3, KeyState.ACTIVE);
  private static final ServiceKey NEXT = of("a", 1, 4, KeyState.PENDING);

  private static ServiceKey of(String id, long after, int place, KeyState state) {
    return part(id, SECOND + after, "op", place, 4, state);
  }

  private static String active(LedgerKey key) {
    return key.active().map(ServiceKey::id).orElse("");
  }

  @Test
  void ordersVersionsByTheirPlaces_thoughTheyAreOfOneSecond() {
    assertThat(ids(key(NEXT, HEAD, OLD, OFF).versions())).containsExactly("d", "c", "b", "a");
  }

  @Test
  void keepsTheStatesInWhichTheyCame() {
    LedgerKey key = key(OFF, OLD, HEAD, NEXT);
    assertThat(key.versions())
        .extracting(key::state)
        .containsExactly(
            KeyState.DISABLED, KeyState.VERIFY_ONLY, KeyState.ACTIVE, KeyState.PENDING);
    assertThat(key.versions()).extracting(ServiceKey::origin).containsOnly(KeyOrigin.IMPORTED);
    assertThat(key.decision().number()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void isNoKey_withoutOneOfThem(int missing) {
    List<ServiceKey> listed = new ArrayList<>(List.of(OFF, OLD, HEAD, NEXT));
    listed.remove(missing);
    LedgerKey key = key(listed, ElectedWinners.EVERYTHING).orElseThrow();
    assertThat(key.versions()).isEmpty();
    assertThat(key.active()).isEmpty();
    assertThat(isUnfinished(key)).isTrue();
    assertThat(key.leftOver()).containsExactlyInAnyOrderElementsOf(listed);
  }

  /** Whether there are parts of keys and nothing else, so that the name can be taken. */
  private static boolean isUnfinished(LedgerKey key) {
    return key.unfinished() && key.metadata().restored();
  }

  @Test
  void isThere_fromTheSecondOfTheLastOfThemOn() {
    List<ServiceKey> listed = List.of(OFF, OLD, HEAD, NEXT);
    assertThat(key(listed, SECOND).orElseThrow().unfinished()).isTrue();
    assertThat(ids(key(listed, SECOND + 1).orElseThrow().versions())).startsWith("d");
  }

  @Test
  void losesToAKeyThatWasCreated_beforeItWasWhole() {
    LedgerKey key = key(OFF, OLD, HEAD, NEXT, first("z", SECOND));
    assertThat(ids(key.versions())).containsExactly("z");
    assertThat(ids(key.leftOver())).containsExactlyInAnyOrder("d", "c", "b", "a");
    ServiceKey late = first("0", SECOND + 2);
    assertThat(ids(key(OFF, OLD, HEAD, NEXT, late).leftOver())).containsExactly("0");
  }

  @Test
  void meansTheOlderOfTwo_thatOneOperationBroughtToOnePlace() {
    LedgerKey key = key(OFF, OLD, HEAD, NEXT, of("0", 1, 3, KeyState.ACTIVE));
    assertThat(active(key)).isEqualTo("b");
    assertThat(ids(key.leftOver())).containsExactly("0");
  }

  @Test
  void doesNotMixWhatTwoOperationsBrought() {
    ServiceKey foreign = part("e", SECOND, "other", 1, 4, KeyState.ACTIVE);
    assertThat(key(foreign, OLD, HEAD, NEXT).versions()).isEmpty();
    assertThat(ids(key(OFF, OLD, HEAD, NEXT, foreign).leftOver())).containsExactly("e");
  }

  @Test
  void isRotatedAsAnyOther() {
    LedgerKey key = key(OFF, OLD, HEAD, NEXT, claiming(next("0", SECOND + 50), 2, SECOND + 60));
    assertThat(active(key)).isEqualTo("0");
    assertThat(key.state(HEAD)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(key.state(NEXT)).isEqualTo(KeyState.PENDING);
    assertThat(ids(key.versions())).endsWith("0");
  }

  @Test
  void doesNotSignWithWhatWasOff_becauseSomebodySwitchesItOn() {
    ServiceKey on = OFF.with(Material.ON);
    LedgerKey key = key(on, OLD, HEAD, NEXT);
    assertThat(key.state(on)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(active(key)).isEqualTo("b");
  }

  @Test
  void signsAgain_onceEnclaveTookTheMarkOff() {
    ServiceKey only = part("a", SECOND, "op", 1, 1, KeyState.DISABLED).with(Material.ON);
    assertThat(key(only).active()).isEmpty();
    assertThat(active(key(marked(only, "")))).isEqualTo("a");
    LedgerKey destroyed = key(marked(only, "DESTROYED/0"));
    assertThat(destroyed.versions())
        .extracting(destroyed::state)
        .containsExactly(KeyState.DESTROYED);
  }

  @Test
  void doesNotBelieveItsTags_onAVersionThatTheServiceCopiedThemTo() {
    ServiceKey copied = copy(OLD, "0", SECOND + Duration.ofMinutes(15).toSeconds() + 1);
    LedgerKey key = key(OFF, OLD, HEAD, NEXT, copied);
    assertThat(key.foreign()).containsExactly("0");
    assertThat(key.state(copied)).isEqualTo(KeyState.PENDING);
  }

  @Test
  void isNotTakenForUnfinished_whereSomethingElseIsThere() {
    assertThat(isUnfinished(key(OFF, stranger("z", SECOND)))).isFalse();
    assertThat(isUnfinished(key(first("z", SECOND)))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1/2", "0/2/ACTIVE", "3/2/ACTIVE", "1/1/ALIVE", "1/1/ACTIVE/"})
  void takesAMangledPlaceForNone(String text) {
    ServiceKey mangled = ListedVersions.of("a", SECOND, tags(NAME, "RESTORATION/op/" + text));
    assertThat(key(mangled).foreign()).containsExactly("a");
    ServiceKey whole = ListedVersions.of("a", SECOND, tags(NAME, "RESTORATION/op/1/1/ACTIVE"));
    assertThat(active(key(whole))).isEqualTo("a");
  }
}

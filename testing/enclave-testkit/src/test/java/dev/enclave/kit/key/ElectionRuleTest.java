package dev.enclave.kit.key;

import static dev.enclave.kit.key.ListedVersions.changed;
import static dev.enclave.kit.key.ListedVersions.claiming;
import static dev.enclave.kit.key.ListedVersions.copy;
import static dev.enclave.kit.key.ListedVersions.first;
import static dev.enclave.kit.key.ListedVersions.ids;
import static dev.enclave.kit.key.ListedVersions.key;
import static dev.enclave.kit.key.ListedVersions.marked;
import static dev.enclave.kit.key.ListedVersions.next;
import static dev.enclave.kit.key.ListedVersions.stranger;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.kit.key.ServiceKey.Material;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule on versions, by examples; {@code ElectionRacesTest} tries all orders of events. */
class ElectionRuleTest {

  private static final long SECOND = 1_800_000_000L;
  private static final long ONE_OPERATION = Duration.ofMinutes(15).toSeconds();

  private static String active(LedgerKey key) {
    return key.active().map(ServiceKey::id).orElse("");
  }

  @Test
  void takesTheOldestForTheFirst_andOfOneSecondTheSmallestId() {
    assertThat(active(key(first("b", SECOND), first("a", SECOND + 1)))).isEqualTo("b");
    assertThat(active(key(first("b", SECOND), first("a", SECOND)))).isEqualTo("a");
  }

  @Test
  void leavesOut_whoWasMadeToBeFirstAndIsNot() {
    LedgerKey key = key(first("a", SECOND), first("b", SECOND));
    assertThat(ids(key.versions())).containsExactly("a");
    assertThat(ids(key.leftOver())).containsExactly("b");
  }

  @Test
  void seesNothing_ofWhatIsYoungerThanItMayLookAt() {
    List<ServiceKey> listed = List.of(first("a", SECOND));
    assertThat(key(listed, SECOND - 1).orElseThrow().unfinished()).isTrue();
    assertThat(key(listed, SECOND - 1).orElseThrow().versions()).isEmpty();
    assertThat(ids(key(listed, SECOND).orElseThrow().versions())).containsExactly("a");
    assertThat(key(List.of(), SECOND)).isEmpty();
  }

  @Test
  void callsAVersionPending_untilItsClaimCounts() {
    ServiceKey next = claiming(next("b", SECOND + 5), 2, SECOND + 9);
    List<ServiceKey> listed = List.of(first("a", SECOND), next);
    LedgerKey early = key(listed, SECOND + 8).orElseThrow();
    assertThat(early.state(next)).isEqualTo(KeyState.PENDING);
    assertThat(active(early)).isEqualTo("a");
    LedgerKey late = key(listed, SECOND + 9).orElseThrow();
    assertThat(late.state(next)).isEqualTo(KeyState.ACTIVE);
    assertThat(late.state(first("a", SECOND))).isEqualTo(KeyState.VERIFY_ONLY);
  }

  @Test
  void countsTheEarlierOfTwoClaims_whoeverIsOlder() {
    ServiceKey older = claiming(next("b", SECOND + 1), 2, SECOND + 9);
    ServiceKey younger = claiming(next("c", SECOND + 2), 2, SECOND + 8);
    LedgerKey key = key(first("a", SECOND), older, younger);
    assertThat(active(key)).isEqualTo("c");
    assertThat(key.state(older)).isEqualTo(KeyState.PENDING);
  }

  @Test
  void keepsTheWinner_whenItIsChangedLater_onceItsSecondIsWrittenDown() {
    ServiceKey winner = claiming(next("b", SECOND + 1), 2, SECOND + 5);
    ServiceKey loser = claiming(next("c", SECOND + 1), 2, SECOND + 6);
    ServiceKey writtenDown = changed(winner, SECOND + 100, "enclave-active", "2/" + (SECOND + 5));
    assertThat(active(key(first("a", SECOND), writtenDown, loser))).isEqualTo("b");
  }

  @Test
  void goesByTheHighestNumber_whateverBecameOfTheOthers() {
    ServiceKey off = claiming(next("b", SECOND + 1), 2, SECOND + 5).with(Material.OFF);
    ServiceKey third = claiming(next("c", SECOND + 10), 3, SECOND + 12);
    LedgerKey key = key(first("a", SECOND), off, third);
    assertThat(key.decision().number()).isEqualTo(3);
    assertThat(active(key)).isEqualTo("c");
    assertThat(key.state(off)).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void hasNoActiveVersion_whenTheHeadIsOffOrRetired() {
    ServiceKey first = first("a", SECOND);
    assertThat(key(first.with(Material.OFF)).active()).isEmpty();
    assertThat(key(marked(first, "RETIRED/1")).versions())
        .extracting(key(marked(first, "RETIRED/1"))::state)
        .containsExactly(KeyState.VERIFY_ONLY);
    assertThat(key(marked(first, "DESTROYED/0")).versions())
        .extracting(key(marked(first, "DESTROYED/0"))::state)
        .containsExactly(KeyState.DESTROYED);
  }

  @Test
  void callsWhatTheClaimThatCountsReplacedForACompromiseOff_unlessItWasLetVerifyAgain() {
    ServiceKey next = changed(next("b", SECOND + 1), SECOND + 5, "enclave-active", "2//DISABLED");
    LedgerKey key = key(first("a", SECOND), next);
    assertThat(key.state(first("a", SECOND))).isEqualTo(KeyState.DISABLED);
    assertThat(active(key)).isEqualTo("b");
    ServiceKey again = changed(first("a", SECOND), SECOND + 9, "enclave-state", "RETIRED/2");
    assertThat(key(again, next).state(again)).isEqualTo(KeyState.VERIFY_ONLY);
    ServiceKey winner = claiming(next("c", SECOND + 1), 2, SECOND + 4);
    assertThat(key(first("a", SECOND), next, winner).state(first("a", SECOND)))
        .isEqualTo(KeyState.VERIFY_ONLY);
  }

  @Test
  void callsWhatNobodyOfEnclaveMadePending_evenIfItIsTheNewest() {
    LedgerKey key = key(first("a", SECOND), stranger("z", SECOND + 50));
    assertThat(key.foreign()).containsExactly("z");
    assertThat(key.state(key.version("z").orElseThrow())).isEqualTo(KeyState.PENDING);
    assertThat(active(key)).isEqualTo("a");
  }

  @Test
  void doesNotBelieveTags_thatTheServiceCopiedToAnotherVersion() {
    ServiceKey head = claiming(next("b", SECOND + 1), 2, SECOND + 5);
    ServiceKey copied = copy(head, "aa", SECOND + 1 + ONE_OPERATION + 1);
    LedgerKey key = key(first("a", SECOND), head, copied);
    assertThat(active(key)).isEqualTo("b");
    assertThat(key.foreign()).containsExactly("aa");
    assertThat(key.state(copied)).isEqualTo(KeyState.PENDING);
  }

  @Test
  void callsTheSecondOfOneOperationLost() {
    ServiceKey mine = next("b", SECOND + 1);
    LedgerKey key = key(first("a", SECOND), mine, copy(mine, "c", SECOND + 3));
    assertThat(ids(key.versions())).containsExactly("a", "b");
    assertThat(ids(key.leftOver())).containsExactly("c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "P1Y", "quarterly", "PT0S"})
  void isNeverDue_whenSomebodyMangledTheTag_asWithoutOne(String mangled) {
    ServiceKey first = first("a", SECOND);
    assertThat(key(changed(first, SECOND, "enclave-rotation", mangled)).rotation())
        .isEqualTo(RotationInterval.NEVER);
    assertThat(key(changed(first, SECOND, "enclave-rotation", "PT2160H")).rotation())
        .isEqualTo(RotationInterval.every(Duration.ofDays(90)));
  }
}

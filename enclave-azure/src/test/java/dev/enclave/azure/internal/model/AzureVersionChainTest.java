package dev.enclave.azure.internal.model;

import static dev.enclave.azure.internal.ListedVersions.NAME;
import static dev.enclave.azure.internal.ListedVersions.chain;
import static dev.enclave.azure.internal.ListedVersions.changed;
import static dev.enclave.azure.internal.ListedVersions.claiming;
import static dev.enclave.azure.internal.ListedVersions.copy;
import static dev.enclave.azure.internal.ListedVersions.first;
import static dev.enclave.azure.internal.ListedVersions.next;
import static dev.enclave.azure.internal.ListedVersions.stranger;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.azure.internal.ListedVersions;
import dev.enclave.azure.internal.model.AzureTags.Claim;
import dev.enclave.azure.internal.model.AzureTags.Mark;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rule on versions, by examples; {@code AzureRacesTest} tries all orders of events. */
class AzureVersionChainTest {

  private static final long SECOND = 1_800_000_000L;

  @Test
  void takesTheOldestForTheFirst_andOfOneSecondTheSmallestId() {
    assertThat(chain(first("b", SECOND), first("a", SECOND + 1)).first())
        .contains(first("b", SECOND));
    assertThat(chain(first("b", SECOND), first("a", SECOND)).first()).contains(first("a", SECOND));
  }

  @Test
  void leavesOut_whoWasMadeToBeFirstAndIsNot() {
    AzureVersionChain chain = chain(first("a", SECOND), first("b", SECOND));
    assertThat(chain.versions()).containsExactly(first("a", SECOND));
    assertThat(chain.lost()).containsExactly(first("b", SECOND));
  }

  @Test
  void seesNothing_ofWhatIsYoungerThanItMayLookAt() {
    List<AzureVersion> listed = List.of(first("a", SECOND));
    assertThat(AzureVersionChain.of(NAME, listed, SECOND - 1).first()).isEmpty();
    assertThat(AzureVersionChain.of(NAME, listed, SECOND - 1).versions()).isEmpty();
    assertThat(AzureVersionChain.of(NAME, listed, SECOND).first()).isPresent();
  }

  @Test
  void callsAVersionPending_untilItsClaimCounts() {
    AzureVersion next = claiming(next("b", SECOND + 5), 2, SECOND + 9);
    AzureVersionChain early =
        AzureVersionChain.of(NAME, List.of(first("a", SECOND), next), SECOND + 8);
    assertThat(early.state(next)).isEqualTo(KeyState.PENDING);
    assertThat(early.active().orElseThrow().id()).isEqualTo("a");
    AzureVersionChain late =
        AzureVersionChain.of(NAME, List.of(first("a", SECOND), next), SECOND + 9);
    assertThat(late.state(next)).isEqualTo(KeyState.ACTIVE);
    assertThat(late.state(first("a", SECOND))).isEqualTo(KeyState.VERIFY_ONLY);
  }

  @Test
  void disablesWhatTheClaimThatCountsReplaced_unlessItWasLetVerifyAgain() {
    AzureVersion old = first("a", SECOND);
    AzureVersion next = disabling(next("b", SECOND + 1), SECOND + 5);
    AzureVersionChain chain = chain(old, next);
    assertThat(chain.state(old)).isEqualTo(KeyState.DISABLED);
    assertThat(chain.state(next)).isEqualTo(KeyState.ACTIVE);
    assertThat(chain.notYetDisabled()).containsExactly(old);
    AzureVersion again =
        changed(old, SECOND + 9, old.tags().withMark(Optional.of(Mark.RETIRED)), true);
    assertThat(chain(again, next).state(again)).isEqualTo(KeyState.VERIFY_ONLY);
    AzureVersion winner = claiming(next("c", SECOND + 1), 2, SECOND + 4);
    assertThat(chain(old, next, winner).state(old)).isEqualTo(KeyState.VERIFY_ONLY);
  }

  private static AzureVersion disabling(AzureVersion version, long second) {
    Claim claim = new Claim(2, Optional.of(second), true);
    return changed(version, second, version.tags().withClaims(List.of(claim)), true);
  }

  @Test
  void countsTheEarlierOfTwoClaims_whoeverIsOlder() {
    AzureVersion older = claiming(next("b", SECOND + 1), 2, SECOND + 9);
    AzureVersion younger = claiming(next("c", SECOND + 2), 2, SECOND + 8);
    AzureVersionChain chain = chain(first("a", SECOND), older, younger);
    assertThat(chain.head()).contains(younger);
    assertThat(chain.state(older)).isEqualTo(KeyState.PENDING);
  }

  @Test
  void keepsTheWinner_whenItIsChangedLater_onceItsSecondIsWrittenDown() {
    AzureVersion winner = claiming(next("b", SECOND + 1), 2, SECOND + 5);
    AzureVersion loser = claiming(next("c", SECOND + 1), 2, SECOND + 6);
    AzureVersion writtenDown =
        changed(
            winner,
            SECOND + 100,
            winner.tags().withClaims(List.of(new Claim(2, Optional.of(SECOND + 5)))),
            true);
    assertThat(chain(first("a", SECOND), writtenDown, loser).head()).contains(writtenDown);
  }

  @Test
  void goesByTheHighestNumber_whateverBecameOfTheOthers() {
    AzureVersion second = claiming(next("b", SECOND + 1), 2, SECOND + 5);
    AzureVersion third = claiming(next("c", SECOND + 10), 3, SECOND + 12);
    AzureVersion off = changed(second, SECOND + 30, second.tags(), false);
    AzureVersionChain chain = chain(first("a", SECOND), off, third);
    assertThat(chain.headNumber()).isEqualTo(3);
    assertThat(chain.active()).contains(third);
    assertThat(chain.state(off)).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void hasNoActiveVersion_whenTheHeadIsOffOrRetired() {
    AzureVersion first = first("a", SECOND);
    assertThat(chain(changed(first, SECOND + 1, first.tags(), false)).active()).isEmpty();
    AzureVersion retired =
        changed(first, SECOND + 1, first.tags().withMark(Optional.of(Mark.RETIRED)), true);
    assertThat(chain(retired).state(retired)).isEqualTo(KeyState.VERIFY_ONLY);
    AzureVersion destroyed =
        changed(first, SECOND + 1, first.tags().withMark(Optional.of(Mark.DESTROYED)), true);
    assertThat(chain(destroyed).state(destroyed)).isEqualTo(KeyState.DESTROYED);
  }

  @Test
  void callsWhatNobodyOfEnclaveMadePending_evenIfItIsTheNewest() {
    AzureVersion behind = stranger("z", SECOND + 50);
    AzureVersionChain chain = chain(first("a", SECOND), behind);
    assertThat(chain.strangers()).containsExactly(behind);
    assertThat(chain.state(behind)).isEqualTo(KeyState.PENDING);
    assertThat(chain.active()).contains(first("a", SECOND));
  }

  @Test
  void doesNotBelieveTags_thatTheVaultCopiedToAnotherVersion() {
    AzureVersion head = claiming(next("b", SECOND + 1), 2, SECOND + 5);
    AzureVersion copied =
        copy(head, "aa", SECOND + 1 + AzureVersionChain.ONE_OPERATION.toSeconds() + 1);
    AzureVersionChain chain = chain(first("a", SECOND), head, copied);
    assertThat(chain.head()).contains(head);
    assertThat(chain.strangers()).containsExactly(copied);
    assertThat(chain.state(copied)).isEqualTo(KeyState.PENDING);
  }

  @Test
  void callsTheSecondOfOneOperationLost() {
    AzureVersion mine = next("b", SECOND + 1);
    AzureVersion again = ListedVersions.of("c", SECOND + 3, mine.tags());
    AzureVersionChain chain = chain(first("a", SECOND), mine, again);
    assertThat(chain.preparedBy(mine.tags().operationId())).contains(mine);
    assertThat(chain.lost()).containsExactly(again);
    assertThat(chain.versions()).doesNotContain(again);
  }

  @Test
  void writesTagsThatItReads() {
    AzureTags tags =
        next("b", SECOND)
            .tags()
            .with(java.util.Map.of("team", "payments"))
            .withClaims(
                List.of(new Claim(2, Optional.of(5L), true), new Claim(7, Optional.empty())))
            .withMark(Optional.of(Mark.RETIRED));
    assertThat(AzureTags.parse(tags.toMap(Optional.of("b")), "b")).isEqualTo(tags);
  }

  @Test
  void staysBelowTheVaultsLimits_of15TagsOf256Characters() {
    List<Claim> claims =
        java.util.stream.IntStream.rangeClosed(2, 18)
            .mapToObj(i -> new Claim(i, Optional.of(SECOND), i == 2))
            .toList();
    var tags = next("b", SECOND).tags().withClaims(claims).toMap(Optional.of("b"));
    assertThat(tags).hasSizeLessThanOrEqualTo(15);
    assertThat(tags.values()).allSatisfy(v -> assertThat(v).hasSizeLessThanOrEqualTo(256));
  }
}

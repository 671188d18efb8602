package dev.enclave.azure.internal;

import static dev.enclave.azure.internal.ListedVersions.NAME;
import static dev.enclave.azure.internal.ListedVersions.chain;
import static dev.enclave.azure.internal.ListedVersions.changed;
import static dev.enclave.azure.internal.ListedVersions.claiming;
import static dev.enclave.azure.internal.ListedVersions.copy;
import static dev.enclave.azure.internal.ListedVersions.first;
import static dev.enclave.azure.internal.ListedVersions.next;
import static dev.enclave.azure.internal.ListedVersions.part;
import static dev.enclave.azure.internal.ListedVersions.stranger;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.azure.internal.model.AzurePart;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureTags.Mark;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule on keys that came from elsewhere, by examples. */
class AzureRestorationTest {

  private static final long SECOND = 1_800_000_000L;

  private static final AzureVersion OFF = of("d", 0, 1, KeyState.DISABLED);
  private static final AzureVersion OLD = of("c", 0, 2, KeyState.VERIFY_ONLY);
  private static final AzureVersion HEAD = of("b", 0, 3, KeyState.ACTIVE);
  private static final AzureVersion NEXT = of("a", 1, 4, KeyState.PENDING);

  private static AzureVersion of(String id, long after, int place, KeyState state) {
    AzureVersion version = part(id, SECOND + after, "op", new AzurePart(place, 4, state));
    return version.with(version.tags(), state != KeyState.DISABLED);
  }

  @Test
  void ordersVersionsByTheirPlaces_thoughTheyAreOfOneSecond() {
    assertThat(chain(NEXT, HEAD, OLD, OFF).versions()).containsExactly(OFF, OLD, HEAD, NEXT);
  }

  @Test
  void keepsTheStatesInWhichTheyCame() {
    AzureVersionChain chain = chain(OFF, OLD, HEAD, NEXT);
    assertThat(chain.versions())
        .extracting(chain::state)
        .containsExactly(
            KeyState.DISABLED, KeyState.VERIFY_ONLY, KeyState.ACTIVE, KeyState.PENDING);
    assertThat(chain.headNumber()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void isNoKey_withoutOneOfThem(int missing) {
    List<AzureVersion> listed = new java.util.ArrayList<>(List.of(OFF, OLD, HEAD, NEXT));
    listed.remove(missing);
    AzureVersionChain chain = AzureVersionChain.of(NAME, listed, AzureVersionChain.EVERYTHING);
    assertThat(chain.first()).isEmpty();
    assertThat(chain.versions()).isEmpty();
    assertThat(chain.active()).isEmpty();
    assertThat(chain.unfinished()).isTrue();
    assertThat(chain.lost()).containsExactlyInAnyOrderElementsOf(listed);
  }

  @Test
  void isThere_fromTheSecondOfTheLastOfThemOn() {
    List<AzureVersion> listed = List.of(OFF, OLD, HEAD, NEXT);
    assertThat(AzureVersionChain.of(NAME, listed, SECOND).first()).isEmpty();
    assertThat(AzureVersionChain.of(NAME, listed, SECOND + 1).first()).contains(OFF);
  }

  @Test
  void losesToAKeyThatWasCreated_beforeItWasWhole() {
    AzureVersion created = first("z", SECOND);
    AzureVersionChain chain = chain(OFF, OLD, HEAD, NEXT, created);
    assertThat(chain.versions()).containsExactly(created);
    assertThat(chain.lost()).containsExactlyInAnyOrder(OFF, OLD, HEAD, NEXT);
    AzureVersion late = first("0", SECOND + 2);
    assertThat(chain(OFF, OLD, HEAD, NEXT, late).lost()).containsExactly(late);
  }

  @Test
  void meansTheOlderOfTwo_thatOneOperationBroughtToOnePlace() {
    AzureVersion again = of("0", 1, 3, KeyState.ACTIVE);
    AzureVersionChain chain = chain(OFF, OLD, HEAD, NEXT, again);
    assertThat(chain.active()).contains(HEAD);
    assertThat(chain.lost()).containsExactly(again);
  }

  @Test
  void doesNotMixWhatTwoOperationsBrought() {
    AzureVersion foreign = part("e", SECOND, "other", new AzurePart(1, 4, KeyState.ACTIVE));
    assertThat(chain(foreign, OLD, HEAD, NEXT).first()).isEmpty();
    assertThat(chain(OFF, OLD, HEAD, NEXT, foreign).lost()).containsExactly(foreign);
    assertThat(chain(OFF, OLD, HEAD, NEXT, foreign).broughtBy("other")).containsOnlyKeys(1);
  }

  @Test
  void isRotatedAsAnyOther() {
    AzureVersion newer = claiming(next("0", SECOND + 50), 2, SECOND + 60);
    AzureVersionChain chain = chain(OFF, OLD, HEAD, NEXT, newer);
    assertThat(chain.active()).contains(newer);
    assertThat(chain.state(HEAD)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(chain.state(NEXT)).isEqualTo(KeyState.PENDING);
    assertThat(chain.versions()).endsWith(newer);
  }

  @Test
  void doesNotSignWithWhatWasOff_becauseSomebodySwitchesItOn() {
    AzureVersion on = OFF.with(OFF.tags(), true);
    AzureVersionChain chain = chain(on, OLD, HEAD, NEXT);
    assertThat(chain.state(on)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(chain.active()).contains(HEAD);
  }

  @Test
  void signsAgain_onceEnclaveTookTheMarkOff() {
    AzureVersion only = part("a", SECOND, "op", new AzurePart(1, 1, KeyState.DISABLED));
    AzureVersion on = changed(only, SECOND, only.tags().withMark(Optional.empty()), true);
    assertThat(chain(only.with(only.tags(), true)).active()).isEmpty();
    assertThat(chain(on).active()).contains(on);
    AzureVersion destroyed =
        changed(only, SECOND, only.tags().withMark(Optional.of(Mark.DESTROYED)), false);
    assertThat(chain(destroyed).state(destroyed)).isEqualTo(KeyState.DESTROYED);
  }

  @Test
  void doesNotBelieveItsTags_onAVersionThatTheVaultCopiedThemTo() {
    AzureVersion copied = copy(OLD, "0", SECOND + AzureVersionChain.ONE_OPERATION.toSeconds() + 1);
    AzureVersionChain chain = chain(OFF, OLD, HEAD, NEXT, copied);
    assertThat(chain.strangers()).containsExactly(copied);
    assertThat(chain.state(copied)).isEqualTo(KeyState.PENDING);
  }

  @Test
  void isNotTakenForUnfinished_whereSomethingElseIsThere() {
    assertThat(chain(OFF, stranger("z", SECOND)).unfinished()).isFalse();
    assertThat(chain(first("z", SECOND)).unfinished()).isFalse();
    assertThat(chain().unfinished()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1/2", "0/2/ACTIVE", "3/2/ACTIVE", "1/2/ALIVE", "1/2/ACTIVE/"})
  void takesAMangledPlaceForNone(String text) {
    assertThat(AzurePart.parse(text)).isEmpty();
    assertThat(AzurePart.parse("2/3/ACTIVE"))
        .contains(new AzurePart(2, 3, KeyState.ACTIVE))
        .map(AzurePart::text)
        .contains("2/3/ACTIVE");
  }

  @Test
  void staysBelowTheVaultsLimits_of15TagsOf256Characters() {
    var tags = HEAD.tags().withMark(Optional.of(Mark.RETIRED)).toMap(Optional.of("b"));
    assertThat(tags).hasSizeLessThanOrEqualTo(14);
    assertThat(AzureTags.parse(tags, "b").restored()).isEqualTo(HEAD.tags().restored());
  }
}

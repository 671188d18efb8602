package dev.enclave.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.enclave.testkit.ContractRun;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of stores catches what it is there to catch. */
class BrokenRecordStoresTest {

  @ParameterizedTest(name = "{0} is caught by {1}")
  @MethodSource("brokenStores")
  void catches(Class<?> broken, String test) {
    assertThat(ContractRun.of(broken).failed()).contains(test);
  }

  static Stream<Arguments> brokenStores() {
    return Stream.of(
        arguments(
            BrokenRecordStores.ReplacesWhateverIsThere.class,
            "replacesNoRecordThatChangedMeanwhile"),
        arguments(
            BrokenRecordStores.ReplacesWhateverIsThere.class,
            "letsOneOfManyReplacersOfARevisionWin"),
        arguments(BrokenRecordStores.CreatesOverARecord.class, "createsNothingOverARecord"),
        arguments(BrokenRecordStores.RemembersWhatItRead.class, "twoInstancesSeeEachOthersWrites"),
        arguments(
            BrokenRecordStores.CreatesWhatIsGone.class, "replacesNothing_whereNothingIsAnyMore"),
        arguments(BrokenRecordStores.CutsLongContents.class, "refusesALongerOne_andWritesNothing"),
        arguments(
            BrokenRecordStores.ListsOnePage.class, "listsEveryRecord_byAsManyPagesAsThereAre"),
        arguments(BrokenRecordStores.BeginsAnywhere.class, "refusesAPageThatNoPageNamed"),
        arguments(
            BrokenRecordStores.BelievesNothingChanges.class,
            "knowsNoRecordUnchanged_thatAnotherInstanceReplaced"),
        arguments(BrokenRecordStores.CallsEveryRecordTheSame.class, "namesARecordByItsKey"));
  }

  @Test
  void findsNothing_whenNothingIsBroken() {
    ContractRun run = ContractRun.of(BrokenRecordStores.Unbroken.class);

    assertThat(run.failed()).isEmpty();
    assertThat(run.tests()).isEqualTo(24);
  }
}

package dev.enclave.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contracts catch what they are there to catch. */
@Tag("full")
class BrokenBackendsTest {

  @ParameterizedTest(name = "{0} is caught by {1}")
  @MethodSource("brokenBackends")
  void catches(Class<? extends BrokenContract> broken, String test) {
    assertThat(ContractRun.of(broken).failed()).contains(test);
  }

  static Stream<Arguments> brokenBackends() {
    return Stream.of(
        arguments(
            BrokenDescriptions.OffersAlgorithmsItCannotSignWith.class,
            "hasTheCapabilities_thatItsAlgorithmsNeed"),
        arguments(
            BrokenDescriptions.LacksACapabilityItsAuthorExpects.class,
            "describesExactlyTheExpectedTraits"),
        arguments(
            BrokenDescriptions.HasACapabilityItsAuthorDoesNotExpect.class,
            "describesExactlyTheExpectedTraits"),
        arguments(
            BrokenDescriptions.HasATraitItsAuthorDoesNotExpect.class,
            "describesExactlyTheExpectedTraits"),
        arguments(
            BrokenDescriptions.CallsItselfPersistentAndForgets.class,
            "keepsKeysOverReopening_exactlyIfPersistent"),
        arguments(
            BrokenDescriptions.CallsItselfForgetfulAndPersists.class,
            "keepsKeysOverReopening_exactlyIfPersistent"),
        arguments(
            BrokenDescriptions.AnswersAfterTheDeadlineThoughRemote.class,
            "doesNothing_whenTheDeadlineHasPassed"),
        arguments(
            BrokenDescriptions.HasAnotherIdThanItsProvider.class, "describesTheIdOfItsProvider"),
        arguments(
            BrokenDescriptions.PromisesLessThanItTakes.class, "doesNotSign_anUndeclaredInput"),
        arguments(
            BrokenDescriptions.ReportsMoreAssuranceThanItCan.class,
            "reportsNoMoreAssurance_thanTheProvidersCeiling"),
        arguments(
            BrokenAnswers.ReportsAlreadyExistsAsTransient.class,
            "refusesASecondKeyOfTheName_andLeavesTheFirst"),
        arguments(BrokenAnswers.SaysNothingWhenItFails.class, "findsNoKey_ofAnUnknownName"),
        arguments(BrokenAnswers.ShowsTheInputInAMessage.class, "keepsTheInputOutOfMessages"),
        arguments(BrokenAnswers.ThrowsARuntimeException.class, "findsNoKey_ofAnUnknownName"),
        arguments(BrokenAnswers.NamesAnotherVersion.class, "namesTheVersionItUsed"),
        arguments(
            BrokenAnswers.MakesSignaturesThatDoNotVerify.class,
            "signsEveryDeclaredInput_ofED25519"),
        arguments(BrokenStates.SignsWithADisabledVersion.class, "doesNotSign_whenDISABLED"),
        arguments(BrokenStates.SignsWithAPendingVersion.class, "doesNotSignWithAPendingVersion"),
        arguments(BrokenStates.SignsOnceClosed.class, "doesNotSign_onceClosed"),
        arguments(
            BrokenStates.CreatesNotRepeatably.class,
            "returnsTheSameKey_whenTheSameOperationCreatesAgain"),
        arguments(BrokenStates.PreparesNotRepeatably.class, "preparesNoSecondVersion_whenRepeated"),
        arguments(
            BrokenStates.TakesWhatIsPendingForItsOwn.class,
            "tellsWhatAnOperationPrepared_andMakesNothing"),
        arguments(
            BrokenStates.PreparesWhateverIsActive.class,
            "refusesToPrepare_whenAnotherVersionIsActive"),
        arguments(
            BrokenStates.TellsEveryRacerThatItWon.class,
            "refusesToActivate_whenAnotherVersionWonMeanwhile"),
        arguments(
            BrokenStates.ForgetsPublicKeysOfDestroyedVersions.class,
            "keepsThePublicKeysOfAllVersions_whenTheyAreDestroyed"),
        arguments(
            BrokenStates.TakesTheLastVersionForTheFirst.class,
            "staysTheSameKey_whenItsVersionsAreDestroyed_oldestFirst"),
        arguments(
            BrokenAnswers.ListsVersionsNewestFirst.class,
            "keepsVersionsOldestFirst_andTheirPublicKeys"),
        arguments(BrokenAnswers.ForgetsTheStamp.class, "readsTheStampBack"),
        arguments(
            BrokenAnswers.TakesAnUnreadableStampForNone.class,
            "tellsAnUnreadableStamp_fromAMissingOne"),
        arguments(BrokenAnswers.OpensWhatItDidNotWrap.class, "refusesWhatAnotherKeyWrapped"),
        arguments(BrokenBackups.RestoresTheActiveVersionOnly.class, "restoresEveryVersion_asItWas"),
        arguments(
            BrokenBackups.RestoresEveryVersionToVerifyOnly.class, "restoresEveryVersion_asItWas"),
        arguments(
            BrokenBackups.SaysThatARestoredKeyWasGenerated.class,
            "saysThatARestoredKeyWasImported"),
        arguments(
            BrokenBackups.SaysThatItRestoredUnderATakenName.class,
            "refusesToRestore_underANameThatIsTaken"),
        arguments(
            BrokenBackups.RestoresNotRepeatably.class,
            "returnsTheSameKey_whenTheSameOperationRestoresAgain"),
        arguments(
            BrokenBackups.LeavesDestroyedVersionsOutOfAnExport.class,
            "exportsDestroyedVersions_soThatTheFirstPublicKeyStays"),
        arguments(
            BrokenBackups.ExportsTheSamePrivateKeyForEveryVersion.class,
            "exportsEveryVersionInItsState"));
  }

  @Test
  void findsNothing_whenNothingIsBroken() {
    ContractRun run = ContractRun.of(BrokenDescriptions.Unbroken.class);
    assertThat(run.failed()).isEmpty();
    assertThat(run.tests()).isGreaterThan(90);
  }

  @Test
  void triesEveryBrokenBackend() {
    Set<Class<?>> tried =
        brokenBackends().map(a -> (Class<?>) a.get()[0]).collect(Collectors.toSet());
    tried.add(BrokenDescriptions.Unbroken.class);
    List<Class<?>> all =
        Stream.of(
                BrokenDescriptions.class,
                BrokenAnswers.class,
                BrokenStates.class,
                BrokenBackups.class)
            .flatMap(group -> Arrays.stream(group.getDeclaredClasses()))
            .filter(BrokenContract.class::isAssignableFrom)
            .collect(Collectors.toList());
    assertThat(tried).containsExactlyInAnyOrderElementsOf(all);
    assertThat(all)
        .extracting(Class::getSimpleName)
        .as("names a test runner takes for tests")
        .noneMatch(name -> name.startsWith("Test") || name.matches(".*Tests?|.*TestCase"));
  }
}

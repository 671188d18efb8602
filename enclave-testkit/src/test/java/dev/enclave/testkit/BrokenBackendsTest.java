package dev.enclave.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The contracts catch what they are there to catch. */
class BrokenBackendsTest {

  @ParameterizedTest(name = "{0} is caught by {1}")
  @MethodSource("brokenBackends")
  void catches(Class<? extends BrokenContract> broken, String test) {
    assertThat(run(broken).failed).contains(test);
  }

  static Stream<Arguments> brokenBackends() {
    return Stream.of(
        arguments(
            BrokenBackends.DeclaresACapabilityItLacks.class,
            "implementsExactlyTheCapabilitiesItDeclares"),
        arguments(
            BrokenBackends.HidesACapability.class, "implementsExactlyTheCapabilitiesItDeclares"),
        arguments(
            BrokenBackends.HasATraitItsAuthorDoesNotExpect.class,
            "describesExactlyTheExpectedTraits"),
        arguments(
            BrokenBackends.CallsItselfPersistentAndForgets.class,
            "keepsKeysOverReopening_exactlyIfPersistent"),
        arguments(
            BrokenBackends.CallsItselfForgetfulAndPersists.class,
            "keepsKeysOverReopening_exactlyIfPersistent"),
        arguments(
            BrokenBackends.AnswersAfterTheDeadlineThoughRemote.class,
            "doesNothing_whenTheDeadlineHasPassed"),
        arguments(BrokenBackends.HasAnotherIdThanItsProvider.class, "describesTheIdOfItsProvider"),
        arguments(BrokenBackends.PromisesLessThanItTakes.class, "doesNotSign_anUndeclaredInput"),
        arguments(
            BrokenBackends.ReportsMoreAssuranceThanItCan.class,
            "reportsNoMoreAssurance_thanTheProvidersCeiling"),
        arguments(
            BrokenBackends.ReportsAlreadyExistsAsTransient.class,
            "refusesASecondKeyOfTheName_andLeavesTheFirst"),
        arguments(BrokenBackends.SaysNothingWhenItFails.class, "findsNoKey_ofAnUnknownName"),
        arguments(BrokenBackends.ShowsTheInputInAMessage.class, "keepsTheInputOutOfMessages"),
        arguments(BrokenBackends.ThrowsARuntimeException.class, "findsNoKey_ofAnUnknownName"),
        arguments(BrokenBackends.NamesAnotherVersion.class, "namesTheVersionItUsed"),
        arguments(
            BrokenBackends.MakesSignaturesThatDoNotVerify.class,
            "signsEveryDeclaredInput_ofED25519"),
        arguments(BrokenBackends.SignsWithADisabledVersion.class, "doesNotSign_whenDISABLED"),
        arguments(BrokenBackends.SignsWithAPendingVersion.class, "doesNotSignWithAPendingVersion"),
        arguments(BrokenBackends.SignsOnceClosed.class, "doesNotSign_onceClosed"),
        arguments(
            BrokenBackends.CreatesNotRepeatably.class,
            "returnsTheSameKey_whenTheSameOperationCreatesAgain"),
        arguments(
            BrokenBackends.PreparesNotRepeatably.class, "preparesNoSecondVersion_whenRepeated"),
        arguments(
            BrokenBackends.PreparesWhateverIsActive.class,
            "refusesToPrepare_whenAnotherVersionIsActive"),
        arguments(
            BrokenBackends.TellsEveryRacerThatItWon.class,
            "refusesToActivate_whenAnotherVersionWonMeanwhile"),
        arguments(
            BrokenBackends.ListsVersionsNewestFirst.class,
            "keepsVersionsOldestFirst_andTheirPublicKeys"),
        arguments(BrokenBackends.ForgetsTheStamp.class, "readsTheStampBack"),
        arguments(BrokenBackends.OpensWhatItDidNotWrap.class, "refusesWhatAnotherKeyWrapped"));
  }

  @Test
  void findsNothing_whenNothingIsBroken() {
    Run run = run(BrokenBackends.Unbroken.class);
    assertThat(run.failed).isEmpty();
    assertThat(run.tests).isGreaterThan(90);
  }

  @Test
  void triesEveryBrokenBackend() {
    Set<Class<?>> tried =
        brokenBackends().map(a -> (Class<?>) a.get()[0]).collect(Collectors.toSet());
    tried.add(BrokenBackends.Unbroken.class);
    assertThat(BrokenBackends.class.getDeclaredClasses())
        .filteredOn(BrokenContract.class::isAssignableFrom)
        .allMatch(tried::contains);
    assertThat(Arrays.stream(BrokenBackends.class.getDeclaredClasses()).map(Class::getSimpleName))
        .as("names a test runner takes for tests")
        .noneMatch(name -> name.startsWith("Test") || name.matches(".*Tests?|.*TestCase"));
  }

  /** Counts tests and keeps the names of those that failed. */
  private static final class Run implements TestExecutionListener {

    final Set<String> failed = new TreeSet<>();
    int tests;

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        tests++;
      }
      if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
        failed.add(test.getDisplayName().replace("()", ""));
      }
    }
  }

  private static Run run(Class<?> contract) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build();
    Run run = new Run();
    LauncherFactory.create().execute(request, run);
    return run;
  }
}

package dev.enclave.testkit.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.enclave.testkit.ContractRun;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contracts of sinks catch what they are there to catch. */
class BrokenSinksTest {

  @ParameterizedTest(name = "{0} is caught by {1}")
  @MethodSource("brokenSinks")
  void catches(Class<?> broken, String test) {
    assertThat(ContractRun.of(broken).failed()).contains(test);
  }

  static Stream<Arguments> brokenSinks() {
    return Stream.of(
        arguments(BrokenSinks.DropsSome.class, "writesEveryEventOnce_andThoseOfAThreadInOrder"),
        arguments(BrokenSinks.Reorders.class, "writesEveryEventOnce_andThoseOfAThreadInOrder"),
        arguments(BrokenSinks.WritesAfterRefusing.class, "aRefusedEventIsNeverWrittenLater"),
        arguments(BrokenSinks.SwallowsFailures.class, "aRefusedEventIsNeverWrittenLater"),
        arguments(
            BrokenSinks.AcceptsOnceClosed.class,
            "refusesEverything_onceClosed_andWritesNothingOfIt"),
        arguments(BrokenSinks.ClosesOnce.class, "isClosedTwiceWithoutHarm"),
        arguments(BrokenSinks.ForgetsTheInterrupt.class, "anInterruptedThreadStaysInterrupted"),
        arguments(BrokenSinks.SplitsLines.class, "hostileTextStaysInItsRecord"),
        arguments(BrokenSinks.CutsLongTexts.class, "hostileTextStaysInItsRecord"),
        arguments(
            BrokenSinks.BuffersWhatMustBeDurable.class,
            "aDurableEventIsThereWhenAppendReturns_withAllBeforeIt"),
        arguments(BrokenSinks.LosesItsQueueOnClosing.class, "whatWasAcceptedIsThere_onceClosed"),
        arguments(
            BrokenSinks.DropsWhenFull.class,
            "makesTheThreadWaitWhereThereIsNoRoom_andDropsNothing"),
        arguments(
            BrokenSinks.GrowsWithoutBound.class,
            "makesTheThreadWaitWhereThereIsNoRoom_andDropsNothing"));
  }

  @Test
  void findsNothing_whenNothingIsBroken() {
    ContractRun run = ContractRun.of(BrokenSinks.Unbroken.class);

    assertThat(run.failed()).isEmpty();
    assertThat(run.tests()).isEqualTo(11);
  }

  @Test
  void triesEveryBrokenSink() {
    List<Class<?>> tried =
        brokenSinks()
            .map(arguments -> (Class<?>) arguments.get()[0])
            .collect(Collectors.toCollection(java.util.ArrayList::new));
    tried.add(BrokenSinks.Unbroken.class);

    assertThat(tried)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(BrokenSinks.class.getDeclaredClasses())
                .filter(BrokenSinks.Contract.class::isAssignableFrom)
                .filter(type -> !type.isInterface())
                .toList());
  }
}

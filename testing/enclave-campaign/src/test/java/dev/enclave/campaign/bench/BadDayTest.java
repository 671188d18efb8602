package dev.enclave.campaign.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.demo.KeyhouseUnderTest;
import dev.enclave.emulators.fault.Fault;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadDayTest {

  private static final String RARE = "a change";
  private static final String FREQUENT = "a reading";

  /** Fewer than there are faults of an operation, and more. */
  private static final Map<String, Integer> REQUESTS = Map.of(RARE, 1, FREQUENT, 17);

  private final KeyhouseUnderTest cloud = new KeyhouseUnderTest();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 15})
  void someHaveEachFaultOfAnOperation_andEachOfItsRequests(int turn) {
    List<BadDay> some = BadDay.some(cloud, REQUESTS, turn);

    assertThat(BadDay.all(cloud, REQUESTS)).containsAll(some);
    assertThat(some).doesNotHaveDuplicates();
    REQUESTS.forEach(
        (operation, count) -> {
          Set<Fault> faults = new HashSet<>();
          Set<Integer> numbers = new HashSet<>();
          for (BadDay day : some) {
            if (day.operation().equals(operation)) {
              faults.add(day.fault());
              numbers.add(day.number());
            }
          }
          assertThat(faults).containsExactlyInAnyOrderElementsOf(cloud.faults(operation));
          assertThat(numbers).hasSize(count + 1);
        });
  }

  @Test
  void whatPassesInOneTurn_lastsInAnother() {
    assertThat(lasting(0)).isNotEmpty().doesNotContainAnyElementsOf(lasting(1));
    Set<Fault> both = lasting(0);
    both.addAll(lasting(1));
    assertThat(both).containsExactlyInAnyOrderElementsOf(cloud.faults(RARE));
  }

  private Set<Fault> lasting(int turn) {
    return BadDay.some(cloud, REQUESTS, turn).stream()
        .filter(day -> day.operation().equals(RARE) && day.number() == 0)
        .map(BadDay::fault)
        .collect(Collectors.toCollection(HashSet::new));
  }
}

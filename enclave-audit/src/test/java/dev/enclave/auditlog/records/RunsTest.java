package dev.enclave.auditlog.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the starts and ends in a lane tell. */
class RunsTest {

  private final Runs runs = new Runs(0);

  private void follow(String operation, long number, boolean covered) {
    runs.follow(
        new TreeMap<>(Map.of("operation", operation, "result", "SUCCESS")), number, covered);
  }

  @Test
  void anEndThatACheckpointCoversIsNoFinding() {
    follow("START", 1, true);
    follow("SIGN", 2, true);
    follow("STOP", 3, true);

    assertThat(runs.findings()).isEmpty();
  }

  /** Whoever cuts records off can add one. */
  @Test
  void anEndThatNoCheckpointCoversIsAFinding() {
    follow("START", 1, true);
    follow("STOP", 2, false);

    assertThat(runs.findings())
        .singleElement()
        .asString()
        .startsWith("lane 0: no checkpoint confirms its last end (record 2, STOP)");
  }

  @Test
  void aStartWithoutAnEndIsAFinding_alsoBeforeAnotherStart() {
    follow("START", 1, true);
    follow("START", 2, true);
    follow("SIGN", 3, false);

    assertThat(runs.findings())
        .satisfiesExactly(
            killed -> assertThat(killed).contains("no STOP before record 2"),
            open -> assertThat(open).contains("record 2 (START)"));
  }
}

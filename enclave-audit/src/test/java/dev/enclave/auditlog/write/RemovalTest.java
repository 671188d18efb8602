package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditVerification.Options;
import dev.enclave.auditlog.check.DirectoryAuditLog;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LaneState;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint that was kept outside makes of removals that the log's own key has signed. */
final class RemovalTest {

  private static final Duration RETENTION = Duration.ofDays(400);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final HandTime time = new HandTime();
  private final Path directory;
  private final Forger forger;

  RemovalTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
    this.forger = new Forger(directory);
  }

  @Test
  void theRemovalOfCoveredRecordsIsFound_thoughTheKeyHasSignedIt() throws IOException {
    String kept = keep(12);

    forger.remove(8, time.now());

    assertThat(log().verify().removed()).containsExactly("lane 0: records 1 to 8");
    assertThat(log().verify().problem()).as("without a kept checkpoint").isEmpty();
    assertThat(problem(Options.against(kept)))
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .startsWith("lane 0: records 1 to 8 have been removed")
                    .contains("the kept checkpoint of 2026-01-01T00:00:00Z covers them")
                    .endsWith("less than a day old, and retention removes nothing so young"));
  }

  @Test
  void theRemovalIsFound_asSoonAsItIsSigned_whetherTheRecordsAreThereOrNot() throws IOException {
    String kept = keep(12);
    forger.sign(8, time.now());

    assertThat(problem(Options.against(kept))).isPresent();

    forger.split(8);
    assertThat(problem(Options.against(kept))).isPresent();
  }

  @Test
  void noExpectationMakesTheRemovalOfRecordsYoungerThanADayBelieved() throws IOException {
    String kept = keep(12);
    time.advance(DAY.minus(MOMENT));
    forger.remove(8, time.now());
    Options expected = Options.against(kept).retention(DAY).removedTo(0, 8);

    assertThat(problem(expected)).isPresent();

    time.advance(MOMENT);
    assertThat(problem(expected)).isEmpty();
  }

  @Test
  void theStatedRetentionIsBelieved_onceTheKeptCheckpointIsThatOld() throws IOException {
    String kept = keep(12);
    time.advance(RETENTION.minus(MOMENT));
    forger.remove(8, time.now());

    assertThat(problem(Options.against(kept).retention(RETENTION)))
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .contains("younger than the stated retention", "P400D")
                    .endsWith("--removed-to 0:8"));
    time.advance(MOMENT);
    assertThat(problem(Options.against(kept).retention(RETENTION))).isEmpty();
    assertThat(problem(Options.against(kept)))
        .as("nothing is stated")
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .contains("state the retention, such as --retention P400D")
                    .endsWith("--removed-to 0:8"));
  }

  @Test
  void aMarkIsBelieved_upToItsRecordOfItsLane() throws IOException {
    String kept = keep(12);
    time.advance(DAY);
    forger.remove(8, time.now());
    Options options = Options.against(kept);

    assertThat(problem(options.removedTo(0, 8))).isEmpty();
    assertThat(problem(options.removedTo(0, 7)))
        .hasValueSatisfying(problem -> assertThat(problem).startsWith("lane 0: records 8 to 8"));
    assertThat(problem(options.removedTo(1, 8))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1970-01-01T00:00:00Z",
        "2024-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z",
        "2999-01-01T00:00:00Z"
      })
  void noTimeThatTheLogStatesLaterIsBelieved(Instant stated) throws IOException {
    String kept = keep(12);
    forger.remove(8, stated);

    assertThat(problem(Options.against(kept).retention(RETENTION).removedTo(0, 8))).isPresent();
  }

  @Test
  void aKeptCheckpointFromTheFutureProvesNoAge() throws IOException {
    String kept = keep(12);
    forger.remove(8, time.now());
    time.setWallClock(time.now().minus(RETENTION.plus(RETENTION)));

    assertThat(problem(Options.against(kept).retention(RETENTION).removedTo(0, 8))).isPresent();
  }

  @Test
  void whatTheKeptCheckpointSaysHasBeenRemovedIsBelieved() throws IOException {
    keep(12);
    forger.remove(8, time.now());
    String kept = keep(1);

    assertThat(problem(Options.against(kept))).isEmpty();
  }

  @Test
  void aCheckpointKeptAfterTheRemovalDoesNotExcuseIt_whenOneFromBeforeIsThere() throws IOException {
    String before = keep(12);
    forger.remove(8, time.now());
    String after = keep(1);

    assertThat(problem(Options.against(before).and(after))).isPresent();
    assertThat(problem(Options.against(after).and(before))).isPresent();
  }

  @Test
  void anOlderCheckpointProvesTheAgeOfWhatItCovers_andNoMore() throws IOException {
    String older = keep(6);
    time.advance(RETENTION);
    String newer = keep(6);
    time.advance(DAY);
    forger.remove(8, time.now());
    Options both = Options.against(newer).and(older);

    assertThat(problem(both.retention(RETENTION)))
        .hasValueSatisfying(problem -> assertThat(problem).startsWith("lane 0: records 7 to 8"));
    assertThat(problem(both.retention(RETENTION).removedTo(0, 8))).isEmpty();
    assertThat(problem(both.retention(DAY))).isEmpty();
    assertThat(problem(Options.against(newer).retention(RETENTION)))
        .hasValueSatisfying(problem -> assertThat(problem).startsWith("lane 0: records 1 to 8"));
  }

  @Test
  void aCheckpointThatClaimsToBeOlderThanTheOneBeforeItIsNot() throws IOException {
    String older = keep(6);
    time.setWallClock(Instant.EPOCH);
    String backdated = keep(6);
    time.setWallClock(Events.AT.plus(DAY));
    forger.remove(8, time.now());

    assertThat(problem(Options.against(older).and(backdated).retention(RETENTION))).isPresent();
  }

  @Test
  void recordsThatNoKeptCheckpointCoversCannotHaveBeenRemoved() throws IOException {
    String kept = keep(6);
    keep(6);
    time.advance(RETENTION);
    forger.remove(8, time.now());

    assertThat(problem(Options.against(kept).retention(RETENTION).removedTo(0, 8)))
        .hasValue(
            "lane 0: records 7 to 8 have been removed, and no kept checkpoint covers them; add one"
                + " that was kept later");
  }

  @Test
  void everyKeptCheckpointMustBeOfTheLog() throws IOException {
    String first = keep(3);
    Path copy = Logs.copy(directory, directory.resolveSibling("copy"));
    String second = keep(3);
    Logs.append(copy, settings(), 100, 100);
    String other = Logs.newest(copy).text();

    assertThat(problem(Options.against(second).and(first))).isEmpty();
    assertThat(problem(Options.against(first).and(other))).isPresent();
    assertThat(problem(Options.against(second).and(other))).isPresent();
  }

  @Test
  void whatIsLeftIsOfTheRecordsOfTheKeptCheckpoint_alsoIfItBeginsRightAfterThem()
      throws IOException {
    String kept = keep(8);
    keep(4);
    time.advance(RETENTION);
    forger.remove(8, time.now());
    Options options = Options.against(kept).retention(RETENTION);
    assertThat(problem(options)).isEmpty();

    Path state = directory.resolve(new Segment(0, 9).stateName());
    List<String> lines = Files.readAllLines(state);
    lines.set(3, LaneState.base64(LaneHead.NONE.root()));
    Files.writeString(state, String.join("\n", lines) + "\n");

    assertThat(problem(options))
        .hasValue("lane-0.9.state is not of the records that a checkpoint has seen");
  }

  @Test
  void aProofOfGrowthDoesNotHideARemoval() throws IOException {
    String kept = keep(12);
    forger.remove(8, time.now());
    String proof = log().proveConsistency(kept);
    Options options = Options.against(kept);

    assertThatThrownBy(() -> log().checkConsistency(proof, options))
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("has lost records: lane 0: records 1 to 8 have been removed");

    time.advance(RETENTION);
    assertThat(log().checkConsistency(proof, options.retention(RETENTION)))
        .isEqualTo(Logs.newest(directory).text());
  }

  @Test
  void expectationsWithoutAKeptCheckpointAreRefused() {
    assertThatThrownBy(() -> log().verify(Options.none().retention(RETENTION)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("Give a checkpoint that was kept");
    assertThatThrownBy(() -> Options.none().retention(DAY.minus(MOMENT)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("State a day or more");
  }

  /** Lets the log grow, all in one file, and gives the checkpoint of it. */
  private String keep(int records) throws IOException {
    Logs.append(directory, settings(), 1, records);
    return Logs.newest(directory).text();
  }

  private Optional<String> problem(Options options) {
    return log().verify(options).problem();
  }

  private AuditLog log() {
    return new DirectoryAuditLog(() -> new DirectoryAuditLog.Place(directory, settings()), time);
  }

  private AuditLogSettings settings() {
    return Logs.settings(time, 1 << 20, Optional.empty());
  }
}

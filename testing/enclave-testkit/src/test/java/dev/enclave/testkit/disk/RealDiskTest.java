package dev.enclave.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes whose audit log lies on a real disk that is full or read-only. */
@Timeout(300)
@Tag("needs-namespaces")
@Tag("full")
class RealDiskTest {

  private static final String RECORDED_AS_RELEASED =
      "verified: intact, in no checkpoint: 0\nreleased without a record: []\n";

  private static final Pattern LOST =
      Pattern.compile(
          "closing: AUDIT_UNAVAILABLE (\\d+) records? of the audit log could not be written \\(No"
              + " space left on device\\) and (is|are) lost: SIGN of wallet \\(operation ");

  private final Path place;
  private final Path image;

  RealDiskTest(@TempDir Path folder) throws IOException {
    this.place = Files.createDirectory(folder.resolve("disk"));
    this.image = folder.resolve("image");
  }

  @ParameterizedTest
  @CsvSource({"local", "remote"})
  void productionStopsSigningOnAFullDisk_andGoesOnWhenThereIsRoom(String backend) throws Exception {
    String said = inMemory("fill", "production", backend);

    assertThat(said)
        .contains("signing was refused: AUDIT_UNAVAILABLE The audit log cannot be written (")
        .contains("No space left on device", "Free the disk")
        .doesNotContain("unexpected", "it was never full")
        .contains("released in trouble: 0\n")
        .contains("while full: healthy false")
        .contains("verified while full: intact")
        .contains("creating while full: AUDIT_UNAVAILABLE")
        .contains("with room again: healthy true []")
        .contains(RECORDED_AS_RELEASED)
        .contains("recorded although refused: []", "refused: true");
    assertUnknownOutcomesAreReported(said, backend);
    assertThat(released(said)).isGreaterThan(100);
  }

  @ParameterizedTest
  @CsvSource({"local", "remote"})
  void developmentGoesOnOnAFullDisk_andWarns_andLosesNothingItAccepted(String backend)
      throws Exception {
    String said = inMemory("fill", "development", backend);

    assertThat(said)
        .contains("operations go on unrecorded until it can")
        .doesNotContain("signing was refused", "it was never full")
        .contains("released in trouble: 20\n")
        .contains("while full: healthy true [the audit log cannot be written: ")
        .contains("verified while full: intact")
        .contains("creating while full: done")
        .contains("with room again: healthy true []")
        .contains(RECORDED_AS_RELEASED)
        .contains("refused: false");
    // Once a time of trouble, not once an operation: a small record may still fit, and end one.
    assertThat(said.split("operations go on unrecorded", -1)).hasSizeBetween(2, 5);
    assertUnknownOutcomesAreReported(said, backend);
    assertThat(released(said)).isGreaterThan(100);
  }

  @ParameterizedTest
  @CsvSource({"production, local", "production, remote", "development, local"})
  void aLogThatWasClosedOnAFullDiskOpens_whenThereIsRoom(String environment, String backend)
      throws Exception {
    String said = inMemory("fill-and-close", environment, backend);

    assertThat(said)
        .contains("verified while full: intact")
        .contains("verified: intact, in no checkpoint: 0\n")
        .doesNotContain("it was never full");
    if (environment.equals("production")) {
      // The end is in the log and in a checkpoint, or the log says that it is not.
      assertThat(said)
          .containsPattern(
              "(The audit log could not be closed: |No checkpoint of the audit log could be made"
                  + " \\()No space left on device|the end while full: recorded, in no checkpoint:"
                  + " 0\\b")
          .containsPattern("opening while full: (AUDIT_UNAVAILABLE |done)")
          .contains(RECORDED_AS_RELEASED)
          .contains("recorded although refused: []");
    } else {
      String missing = named(said, "released without a record: ").iterator().next();
      int lost = missing.split(",").length;
      int perhaps =
          Integer.parseInt(named(said, "perhaps accepted, without a record: ").iterator().next());
      Matcher told = LOST.matcher(said);
      assertThat(told.find()).as(said).isTrue();
      assertThat(Integer.parseInt(told.group(1))).as(said).isBetween(lost, lost + perhaps + 20);
    }
  }

  @ParameterizedTest
  @CsvSource({"production", "development"})
  void aStartOnAFullDiskIsRefused_andLeavesNothingInTheWayOfTheNext(String environment)
      throws Exception {
    String said = inMemory("start-full", environment, "local");

    assertThat(said)
        .contains("opening while full: AUDIT_UNAVAILABLE ")
        .containsOnlyOnce("doctor: ERROR DISK_FULL the disk has room for 0 KiB more")
        .contains("doctor: WARNING DISK_FULL ")
        .contains(RECORDED_AS_RELEASED);
  }

  @ParameterizedTest
  @CsvSource({"production", "development"})
  void aStartInAReadOnlyPlaceIsRefused_andDoctorSaysWhy(String environment) throws Exception {
    String said = inMemory("start-read-only", environment, "local");

    assertThat(said)
        .contains("opening a new log: AUDIT_UNAVAILABLE ")
        .contains("opening a log: AUDIT_UNAVAILABLE ")
        .contains("doctor: ERROR AUDIT_UNAVAILABLE ")
        .contains("verified while read-only: intact")
        .contains("proven while read-only: true", "read while read-only: [gone-on]")
        .contains(RECORDED_AS_RELEASED);
  }

  @Test
  void productionStopsSigning_whenTheDiskTurnsReadOnly_andNothingReleasedIsLost() throws Exception {
    String said = onDisk("turn-read-only", "production");
    assertThat(said)
        .contains("signing was refused: AUDIT_UNAVAILABLE ", "Read-only file system")
        .doesNotContain("unexpected", "it was never full")
        .contains("released in trouble: 0\n")
        .contains("while read-only: healthy false");

    String after = onDisk("go-on", "production");

    assertThat(after).containsPattern("verified: intact\n(.*\n)*verified: intact\n");
    assertThat(named(said, "released by ")).hasSizeGreaterThanOrEqualTo(20);
    assertThat(named(after, "recorded "))
        .containsAll(named(said, "released by "))
        .contains("gone-on");
  }

  @Test
  void developmentGoesOn_whenTheDiskTurnsReadOnly_andWarns() throws Exception {
    String said = onDisk("turn-read-only", "development");
    assertThat(said)
        .containsOnlyOnce("operations go on unrecorded until it can")
        .doesNotContain("signing was refused", "it was never full")
        .contains("released in trouble: 20\n")
        .contains("while read-only: healthy true [the audit log cannot be written: ");

    assertThat(onDisk("go-on", "development")).contains("verified: intact\n");
  }

  private static void assertUnknownOutcomesAreReported(String said, String backend) {
    String unknown = said.lines().filter(line -> line.startsWith("unknown: ")).findFirst().get();
    List<String> numbers = List.of(unknown.substring("unknown: ".length()).split(" of "));
    assertThat(numbers.get(0)).isEqualTo(numbers.get(1));
    if (backend.equals("local")) {
      assertThat(numbers.get(0)).isEqualTo("0");
    }
  }

  private static int released(String said) {
    return named(said, "released before: ").stream().mapToInt(Integer::parseInt).sum();
  }

  private static Set<String> named(String said, String mark) {
    return said.lines()
        .filter(line -> line.startsWith(mark))
        .map(line -> line.substring(mark.length()))
        .collect(Collectors.toSet());
  }

  private String inMemory(String what, String environment, String backend) throws Exception {
    Mount mount = Mount.inMemory();
    mount.require(place);
    return mount.run(place, Wallet.class, what, place.toString(), environment, backend);
  }

  private String onDisk(String what, String environment) throws Exception {
    Mount mount = Mount.ofDisk(image);
    mount.require(place);
    return mount.run(place, Wallet.class, what, place.toString(), environment, "local");
  }
}

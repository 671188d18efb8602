package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The database lies on a real small file system, in a namespace of its own, that is full. */
@Timeout(300)
@Tag("needs-namespaces")
@Tag("full")
class FullDatabaseTest {

  private final Path disk;

  FullDatabaseTest(@TempDir Path disk) {
    this.disk = disk;
  }

  @ParameterizedTest
  @CsvSource({"h2, 512k", "h2, 4m", "postgres, 2m"})
  void promisesOnlyWhatIsStored_goesOnSigning_andDefersAgainWithoutARestart(
      String database, String size) throws Exception {
    requireAMount();
    String said = on(size, java(database));
    assertThat(said.lines())
        .containsSubsequence(
            "promised with room",
            "full: No space left on device",
            "submitting: DEFERRAL_UNAVAILABLE",
            "submitting: DEFERRAL_UNAVAILABLE",
            "or later: BACKEND_UNAVAILABLE [DEFERRAL_UNAVAILABLE]",
            "signed: true",
            "room again",
            "promised with room again",
            "done: 0 missing",
            "health: []",
            "after a restart: 0 missing of some");
    assertThat(said.substring(said.indexOf("room again"))).doesNotContain("submitting:");
    assertThat(said).doesNotContain("Exception in thread");
    if (database.equals("h2")) {
      assertThat(said).contains("in the file: 0 missing of some");
    }
  }

  private String[] java(String database) {
    return JavaCommand.of(FullDisk.class, database, disk.toString()).toArray(new String[0]);
  }

  /** Says so in a visible line where the machine refuses, and fails in CI. */
  private void requireAMount() throws Exception {
    String said = on("512k", "echo", "mounted");
    if (!said.strip().equals("mounted")) {
      String line = "NOT RUN: a full disk needs a mount in a namespace (unshare -rm): " + said;
      System.out.println(line);
      assertThat(System.getenv("CI")).as(line).isNotEqualTo("true");
      abort(line);
    }
  }

  private String on(String size, String... command) throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c"));
    whole.add("mount -t tmpfs -o size=" + size + ",mode=700 tmpfs \"$1\" && shift && exec \"$@\"");
    whole.addAll(List.of("sh", disk.toString()));
    whole.addAll(Arrays.asList(command));
    return Ended.run(whole).output();
  }
}

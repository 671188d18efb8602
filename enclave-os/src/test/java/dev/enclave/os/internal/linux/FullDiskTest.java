package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sealed files lie on a real small file system, in a namespace of its own, that is full. */
@NeedsKeyring
@Timeout(300)
@Tag("needs-keyring")
@Tag("needs-namespaces")
@Tag("full")
class FullDiskTest {

  private static final String MOUNT =
      "mount -t tmpfs -o size=256k,mode=700 tmpfs \"$1\" && shift && exec \"$@\" 2>&1";

  private final RealDesk desk;
  private final Path disk;

  FullDiskTest(@TempDir Path home) throws IOException {
    desk = RealDesk.unlocked(home);
    disk = Files.createDirectory(home.resolve("disk"));
  }

  @AfterEach
  void leave() {
    desk.close();
  }

  @Test
  void refusesNewKeys_goesOnSigning_andLosesNothing() {
    assertThat(onTheDisk("fill").lines())
        .containsSubsequence(
            "created wallet-1",
            "full",
            "creating: UNAVAILABLE No space is left to write",
            "rotating: UNAVAILABLE No space is left to write",
            "signed with wallet-1",
            "room again",
            "opened with [wallet-1], findings []",
            "signed with wallet-1",
            "created wallet-2");
  }

  @Test
  void aFirstStartIsRefused_andLeavesNoSealingKeyBehind() {
    assertThat(onTheDisk("start").lines())
        .containsSubsequence(
            "full", "opening: UNAVAILABLE No space is left to write", "room again");
    assertThat(desk.run("", "secret-tool", "search", "--all", "application", "enclave").lines())
        .filteredOn(line -> line.startsWith("label = "))
        .as("that of the store made when there was room, and no other")
        .hasSize(1);
  }

  private String onTheDisk(String story) {
    requireAMount();
    return desk.run(
        "",
        mounted(
            JavaCommand.of(FullDisk.class, story, desk.home().toString(), disk.toString())
                .toArray(new String[0])));
  }

  /** Says so in a visible line where the machine refuses, and fails in CI. */
  private void requireAMount() {
    String said = desk.run("", mounted("echo", "mounted"));
    if (!said.strip().equals("mounted")) {
      String line =
          "NOT RUN: a full disk needs a mount in a namespace (unshare -m): " + said.strip();
      System.out.println(line);
      assertThat(System.getenv("CI")).as(line).isNotEqualTo("true");
      abort(line);
    }
  }

  private String[] mounted(String... command) {
    List<String> whole = new ArrayList<>(List.of("unshare", "-m"));
    // Who is not root needs a namespace of users too, where D-Bus must see the same user.
    if (!System.getProperty("user.name").equals("root")) {
      whole.addAll(List.of("--map-current-user", "--keep-caps"));
    }
    whole.addAll(List.of("sh", "-c", MOUNT, "sh", disk.toString()));
    whole.addAll(List.of(command));
    return whole.toArray(new String[0]);
  }
}

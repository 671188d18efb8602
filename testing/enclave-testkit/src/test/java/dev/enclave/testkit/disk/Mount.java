package dev.enclave.testkit.disk;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A small file system in a namespace of its own, which ends with the process that runs in it.
 *
 * @param kind for the message where it is refused
 * @param shell makes it, by the shell, at {@code $1}, and runs what follows
 */
record Mount(String kind, String shell) {

  private static final String RUN = "shift && exec \"$@\"";

  /** In memory, of 4 MiB; needs no rights where user namespaces are allowed. */
  static Mount inMemory() {
    return new Mount(
        "a small file system in memory (unshare -rm, mount -t tmpfs)",
        "exec unshare -rm sh -c 'mount -t tmpfs -o size=4m tmpfs \"$1\" && " + RUN + "' sh \"$@\"");
  }

  /** On a disk of a few megabytes, that file; keeps what was written. Needs root. */
  static Mount ofDisk(Path image) {
    String made = "[ -e " + image + " ] || { truncate -s 8M " + image + "; mkfs.ext4 -q " + image;
    return new Mount(
        "a small disk (as root: mkfs.ext4, mount -o loop)",
        "PATH=$PATH:/usr/sbin:/sbin; "
            + made
            + "; }; "
            + "exec unshare -m sh -c 'mount -o loop "
            + image
            + " \"$1\" && "
            + RUN
            + "' sh \"$@\"");
  }

  /** Ends the test in one visible line where the machine refuses, and fails in CI. */
  void require(Path place) throws IOException, InterruptedException {
    Ended ended = run(place, List.of("true"));
    if (ended.code() != 0) {
      String missing =
          "NOTE: not tested on " + kind + ", which is refused here: " + ended.output().strip();
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(missing);
      }
      System.out.println(missing);
      abort(missing);
    }
  }

  /** What the main class prints there; it must end well. */
  String run(Path place, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return run(place, JavaCommand.of(main, arguments)).succeeded();
  }

  private Ended run(Path place, List<String> command) throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(List.of("sh", "-c", shell, "sh", place.toString()));
    whole.addAll(command);
    return Ended.run(whole);
  }
}

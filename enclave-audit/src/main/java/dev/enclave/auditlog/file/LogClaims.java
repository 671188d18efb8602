package dev.enclave.auditlog.file;

import dev.enclave.kit.claim.FileClaim;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The claims on a log's lanes and on its checkpoints: locks on files beside them. Beside them,
 * because reading the log opens and closes its files, which would free locks on them, and because
 * Windows keeps others from reading what is locked.
 */
public final class LogClaims {

  /** One byte for each lane, then one for the checkpoints. */
  private static final String GATE = "claims.lock";

  private static final String SUFFIX = ".lock";

  private LogClaims() {}

  /**
   * Claims a lane; none if somebody has it. A lane with records and without its lock file is left
   * alone: the file was deleted, perhaps under a process that still writes the lane, or is stopped
   * in the middle of a write.
   */
  public static Optional<FileClaim> tryLane(Path directory, int lane) throws IOException {
    return Segment.of(lane, new DiskLogFiles(directory).names()).isEmpty()
        ? tryAnyLane(directory, lane)
        : FileClaim.tryTakeExisting(gate(directory), lane, lock(directory, lane));
  }

  /** Claims a lane whether it has a lock file or not; none if somebody has it. */
  public static Optional<FileClaim> tryAnyLane(Path directory, int lane) throws IOException {
    return FileClaim.tryTake(gate(directory), lane, lock(directory, lane));
  }

  /** Whether running processes have every lane, so that no further one can write the log. */
  public static boolean allTaken(Path directory) throws IOException {
    Set<String> names = new DiskLogFiles(directory).names();
    for (int lane = 0; lane < LogFiles.MOST_LANES; lane++) {
      if (!names.contains(lockName(lane))) {
        return false;
      }
    }
    for (int lane = 0; lane < LogFiles.MOST_LANES; lane++) {
      Optional<FileClaim> claim =
          FileClaim.tryTakeExisting(gate(directory), lane, lock(directory, lane));
      if (claim.isPresent()) {
        claim.get().close();
        return false;
      }
    }
    return true;
  }

  /** Claims the checkpoints; none if somebody has them. */
  static Optional<FileClaim> tryCheckpoints(Path directory, TimeSource time)
      throws IOException, InterruptedException {
    Path file = directory.resolve(LogLock.NAME);
    boolean used =
        new DiskLogFiles(directory).names().stream().anyMatch(name -> !name.endsWith(SUFFIX));
    return used
        ? FileClaim.tryTakeOver(gate(directory), LogFiles.MOST_LANES, file, time)
        : FileClaim.tryTake(gate(directory), LogFiles.MOST_LANES, file);
  }

  /** The lock file of a lane. */
  public static String lockName(int lane) {
    return "lane-" + lane + SUFFIX;
  }

  private static Path gate(Path directory) {
    return directory.resolve(GATE);
  }

  private static Path lock(Path directory, int lane) {
    return directory.resolve(lockName(lane));
  }
}

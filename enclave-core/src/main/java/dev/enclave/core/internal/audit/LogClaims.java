package dev.enclave.core.internal.audit;

import dev.enclave.claim.FileClaim;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The claims on a log's lanes and on its checkpoints: locks on files beside them. Beside them,
 * because reading the log opens and closes its files, which would free locks on them, and because
 * Windows keeps others from reading what is locked.
 */
final class LogClaims {

  /** One byte for each lane, then one for the checkpoints. */
  private static final String GATE = "claims.lock";

  private LogClaims() {}

  /**
   * Claims a lane; none if somebody has it. A lane with records and without its lock file is left
   * alone: the file was deleted, perhaps under a process that still writes the lane, or is stopped
   * in the middle of a write.
   */
  static Optional<FileClaim> tryLane(Path directory, int lane) throws IOException {
    Path real = directory.toRealPath();
    Path file = real.resolve("lane-" + lane + ".lock");
    return Segment.of(lane, new DiskLogFiles(real).names()).isEmpty()
        ? FileClaim.tryTake(real.resolve(GATE), lane, file)
        : FileClaim.tryTakeExisting(real.resolve(GATE), lane, file);
  }

  /** Claims the checkpoints; none if somebody has them. */
  static Optional<FileClaim> tryCheckpoints(Path directory) throws IOException {
    Path real = directory.toRealPath();
    return FileClaim.tryTake(
        real.resolve(GATE), FileAuditSink.MOST_LANES, real.resolve(LogLock.NAME));
  }
}

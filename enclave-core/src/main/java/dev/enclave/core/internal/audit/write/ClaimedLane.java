package dev.enclave.core.internal.audit.write;

import dev.enclave.core.internal.audit.checkpoint.CheckpointFile;
import dev.enclave.core.internal.audit.checkpoint.Retention;
import dev.enclave.core.internal.audit.file.AuditLogSettings;
import dev.enclave.core.internal.audit.file.ClaimedFiles;
import dev.enclave.core.internal.audit.file.DiskLogFiles;
import dev.enclave.core.internal.audit.file.LogClaims;
import dev.enclave.core.internal.audit.file.LogFiles;
import dev.enclave.core.internal.audit.record.CorruptLogException;
import dev.enclave.kit.claim.FileClaim;
import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A lane that this process has claimed, with its queue and what removes its old segments.
 *
 * @param number of the lane
 */
record ClaimedLane(int number, FileClaim claim, QueuedLane queue, Retention retention)
    implements AutoCloseable {

  /**
   * Claims the first free lane and opens it.
   *
   * @throws CorruptLogException when the lane is not what its checkpoints say
   * @throws IOException when it cannot be written, or there is no free lane
   */
  static ClaimedLane open(Path directory, CheckpointFile checkpoints, AuditLogSettings settings)
      throws IOException {
    Optional<ClaimedLane> lane = first(LogClaims::tryLane, directory, checkpoints, settings);
    if (lane.isEmpty()) {
      // Only now those whose lock file was deleted: somebody may still be at one of them.
      lane = first(LogClaims::tryAnyLane, directory, checkpoints, settings);
    }
    return lane.orElseThrow(
        () ->
            new IOException(
                "all " + LogFiles.MOST_LANES + " lanes are in use by running processes"));
  }

  /** A way to claim a lane. */
  @FunctionalInterface
  private interface Claiming {
    Optional<FileClaim> of(Path directory, int lane) throws IOException;
  }

  private static Optional<ClaimedLane> first(
      Claiming claiming, Path directory, CheckpointFile checkpoints, AuditLogSettings settings)
      throws IOException {
    for (int number = 0; number < LogFiles.MOST_LANES; number++) {
      Optional<FileClaim> claim = claiming.of(directory, number);
      if (claim.isPresent()) {
        return Optional.of(over(claim.get(), number, directory, checkpoints, settings));
      }
    }
    return Optional.empty();
  }

  private static ClaimedLane over(
      FileClaim claim,
      int number,
      Path directory,
      CheckpointFile checkpoints,
      AuditLogSettings settings)
      throws IOException {
    try {
      LogFiles files = new ClaimedFiles(new DiskLogFiles(directory), claim);
      Retention retention = new Retention(files, settings.time(), settings.retention());
      QueuedLane queue = FileAuditSink.start(files, checkpoints, number, settings, retention);
      return new ClaimedLane(number, claim, queue, retention);
    } catch (IOException | RuntimeException e) {
      claim.close();
      throw e;
    }
  }

  /** Whether the claim was lost: nothing more can be written through it. */
  boolean lost() {
    return claim.lost();
  }

  /** Ends it, and returns what was accepted and could not be written. */
  List<AuditEvent> surrender() throws IOException {
    try (claim) {
      return queue.surrender();
    } finally {
      queue.abandon();
    }
  }

  @Override
  public void close() throws IOException {
    // The claim goes last, when nothing is written any more.
    try (claim) {
      queue.close();
    }
  }

  /** Ends a checkpoint that somebody else keeps waiting; to be called when none can be written. */
  void abandon() {
    queue.abandon();
  }
}

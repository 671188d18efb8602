package dev.enclave.core.internal.audit;

import java.io.IOException;
import java.util.Optional;

/** Lanes no process writes now, whose last records a command can put into a checkpoint. */
final class IdleLanes {

  private IdleLanes() {}

  /**
   * Commits to all that is in them. The others are left to their process, which alone knows what of
   * them will stay.
   */
  static void checkpoint(DirectoryAuditLog.Place here, CheckpointFile checkpoints)
      throws IOException {
    LogFiles files = new DiskLogFiles(here.directory());
    for (int lane : LaneLines.lanes(files)) {
      Optional<LaneClaim> claim =
          LaneClaim.tryTake(here.directory(), FileAuditSink.claimName(lane));
      if (claim.isPresent()) {
        LaneClaim held = claim.get();
        try (held;
            AuditLane idle =
                AuditLane.open(files, lane, Long.MAX_VALUE, checkpoints.head().lane(lane))) {
          idle.force();
          if (idle.size() > 0) {
            checkpoints.append(here.settings().time().now(), lane, idle.head(), 0);
          }
        }
      }
    }
  }
}

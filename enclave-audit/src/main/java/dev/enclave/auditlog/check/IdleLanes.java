package dev.enclave.auditlog.check;

import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneLines;
import dev.enclave.auditlog.file.LogClaims;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.write.AuditLane;
import dev.enclave.kit.claim.FileClaim;
import java.io.IOException;
import java.util.Optional;

/** Lanes no process writes now, whose last records a command can put into a checkpoint. */
public final class IdleLanes {

  private IdleLanes() {}

  /**
   * Commits to all that is in them. The others are left to their process, which alone knows what of
   * them will stay.
   */
  public static void checkpoint(DirectoryAuditLog.Place here, CheckpointFile checkpoints)
      throws IOException {
    LogFiles files = new DiskLogFiles(here.directory());
    for (int lane : LaneLines.lanes(files)) {
      Optional<FileClaim> claim = LogClaims.tryLane(here.directory(), lane);
      if (claim.isPresent()) {
        FileClaim held = claim.get();
        LogFiles claimed = new DiskLogFiles(here.directory(), claim);
        try (held;
            AuditLane idle =
                AuditLane.open(claimed, lane, Long.MAX_VALUE, checkpoints.head().lane(lane))) {
          idle.force();
          if (idle.size() > 0) {
            checkpoints.append(here.settings().time().now(), lane, idle.head(), 0);
          }
        }
      }
    }
  }
}

package dev.enclave.core.internal.audit.check;

import dev.enclave.core.internal.audit.checkpoint.CheckpointFile;
import dev.enclave.core.internal.audit.file.DiskLogFiles;
import dev.enclave.core.internal.audit.file.LaneLines;
import dev.enclave.core.internal.audit.file.LogClaims;
import dev.enclave.core.internal.audit.file.LogFiles;
import dev.enclave.core.internal.audit.write.AuditLane;
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

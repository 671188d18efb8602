package dev.enclave.core.internal.audit.write;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.audit.file.DiskLogFiles;
import dev.enclave.core.internal.audit.file.LaneLines;
import dev.enclave.core.internal.audit.record.AuditRecords;
import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for a record that has the public key of a version, as {@link AuditEvent#hasPublicKey} says.
 *
 * @param authority the backend's
 */
record PublicKeySearch(BackendId backend, String authority, KeyName key, KeyVersionId version) {

  /** Whether a lane of the log in this directory has one; reads what is handed over to the disk. */
  boolean in(Path directory) throws IOException {
    OpenSinks.flush(directory);
    for (int lane : LaneLines.lanes(new DiskLogFiles(directory))) {
      try (LaneLines lines = new LaneLines(directory, lane)) {
        Optional<byte[]> line = lines.next();
        while (line.isPresent()) {
          if (isIn(AuditRecords.parse(line.get()))) {
            return true;
          }
          line = lines.next();
        }
      }
    }
    return false;
  }

  private boolean isIn(Map<String, String> record) {
    return backend.value().equals(record.get("backend"))
        && authority.equals(record.get("detail.authority"))
        && key.value().equals(record.get("key"))
        && (has(record, "version", "detail.publicKey")
            || has(record, "version", "detail.publicKeyFault")
            || has(record, "detail.next", "detail.nextPublicKey"));
  }

  private boolean has(Map<String, String> record, String name, String publicKey) {
    return version.value().equals(record.get(name)) && record.containsKey(publicKey);
  }
}

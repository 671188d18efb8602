package dev.enclave.auditlog.write;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneLines;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
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

  /**
   * Whether a lane of the log in this directory has one, or the log says that the version's public
   * key was none and tells of no signature; reads what is handed over to the disk.
   */
  boolean in(Path directory) throws IOException {
    FileAuditSink.flush(directory);
    boolean none = false;
    boolean signed = false;
    for (int lane : LaneLines.lanes(new DiskLogFiles(directory))) {
      try (LaneLines lines = new LaneLines(directory, lane)) {
        Optional<byte[]> line = lines.next();
        while (line.isPresent()) {
          Map<String, String> record = AuditRecords.parse(line.get());
          if (isIn(record)) {
            return true;
          }
          none |= isHere(record) && has(record, "version", "detail.publicKeyFault");
          signed |= isSignature(record);
          line = lines.next();
        }
      }
    }
    return none && !signed;
  }

  private boolean isIn(Map<String, String> record) {
    return isHere(record)
        && (has(record, "version", "detail.publicKey")
            || has(record, "detail.next", "detail.nextPublicKey"));
  }

  private boolean isHere(Map<String, String> record) {
    return isOfKey(record) && authority.equals(record.get("detail.authority"));
  }

  private boolean isOfKey(Map<String, String> record) {
    return backend.value().equals(record.get("backend")) && key.value().equals(record.get("key"));
  }

  /** Records of signatures name no authority: one of another place counts too. */
  private boolean isSignature(Map<String, String> record) {
    return isOfKey(record)
        && version.value().equals(record.get("version"))
        && Operation.SIGN.name().equals(record.get("operation"))
        && (Result.SUCCESS.name().equals(record.get("result"))
            || Result.UNKNOWN.name().equals(record.get("result")));
  }

  private boolean has(Map<String, String> record, String name, String publicKey) {
    return version.value().equals(record.get(name)) && record.containsKey(publicKey);
  }
}

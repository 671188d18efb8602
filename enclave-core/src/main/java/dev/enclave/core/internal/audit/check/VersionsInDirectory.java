package dev.enclave.core.internal.audit.check;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.audit.AuditRecord;
import dev.enclave.core.internal.audit.RecordedVersions;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which public keys the log in a directory has.
 *
 * @param directory that of a log that is open
 */
public record VersionsInDirectory(Path directory) implements RecordedVersions {

  @Override
  public boolean has(BackendId backend, String authority, KeyName key, KeyVersionId version) {
    AtomicBoolean found = new AtomicBoolean();
    new MergedReader(directory)
        .read(
            record -> {
              if (record.member("backend").equals(backend.value())
                  && record.member("detail.authority").equals(authority)
                  && record.member("key").equals(key.value())
                  && has(record, version)) {
                found.set(true);
              }
            });
    return found.get();
  }

  private static boolean has(AuditRecord record, KeyVersionId version) {
    return has(record, version, "version", "detail.publicKey")
        || has(record, version, "detail.next", "detail.nextPublicKey");
  }

  private static boolean has(
      AuditRecord record, KeyVersionId version, String name, String publicKey) {
    return record.member(name).equals(version.value()) && !record.member(publicKey).isEmpty();
  }
}

package dev.enclave.core.internal.lifecycle;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyVersion;
import dev.enclave.admin.KeyBackup;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.crypto.BackupFile;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.List;

/** A key is taken from a backup into the resolved backend. */
public final class RestoreOperation
    implements KeyOperation<RestoreOperation.Prepared, KeyDirectory.Found> {

  private final KeyName name;
  private final KeyBackup backup;
  private final char[] password;

  public RestoreOperation(KeyName name, KeyBackup backup, char[] password) {
    this.name = name;
    this.backup = backup;
    this.password = password;
  }

  /**
   * A key that may be taken in.
   *
   * @param request what it is asked; holds the key
   */
  public record Prepared(KeyImporter importer, RestoreRequest request) {}

  @Override
  public Operation kind() {
    return Operation.RESTORE;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    KeyDirectory keys = run.keys();
    CachedKey slot = keys.slot(keys.resolved(), name);
    run.on(slot);
    // In this order: what policy forbids must not depend on what is in the file.
    requireEnvironment(run.rules().policy().environment());
    ReservedNames.requireFree(name);
    requireNotAdopted(keys);
    KeyImporter importer = slot.backend().capability(KeyImporter.class, "take a key in");
    ExportedKey key = opened(run);
    run.atEnd(key::close);
    EnvironmentType stamp = stamp(key, run.rules().policy().environment());
    RestoreRequest request = RestoreRequest.of(name, stamp, key, run.trace().operationId());
    run.rules().keyPolicy().requireCreatable(slot.backend().id(), key.algorithm());
    requireOffered(slot, key);
    return new Prepared(importer, request);
  }

  @Override
  public KeyDirectory.Found carryOut(Prepared prepared, OperationRun run) {
    CachedKey slot = run.slot();
    RestoreRequest request = prepared.request();
    KeyReading entry = takenIn("restore key " + name, prepared.importer(), request, run);
    int privateKeys =
        (int) request.key().versions().stream().filter(v -> v.material().isPresent()).count();
    run.details(BackupOperation.details(request.key(), privateKeys));
    return new KeyDirectory.Found(slot, entry);
  }

  /** Has the backend take the key in, and sees that it did just that. */
  public static KeyReading takenIn(
      String toDo, KeyImporter importer, RestoreRequest request, OperationRun run) {
    CachedKey slot = run.slot();
    KeyReading entry = slot.written(run.change(toDo, call -> importer.restore(request, call)));
    run.keys().reappeared().restored(slot);
    // A look-up that found nothing may have cleared the slot away meanwhile.
    slot.backend().slots().putIfAbsent(slot.name(), slot);
    requireAsAsked(slot, entry, request, importer.importSupport().whole());
    return entry;
  }

  private static void requireEnvironment(EnvironmentType here) {
    if (here == EnvironmentType.PRODUCTION || here == EnvironmentType.STAGING) {
      throw Texts.RESTORE_NOT_APPROVED.as(ErrorCode.MIGRATION_NOT_APPROVED, here);
    }
  }

  private void requireNotAdopted(KeyDirectory keys) {
    if (keys.adopted().contains(name)) {
      throw Texts.RESTORED_NAME_ADOPTED.as(ErrorCode.KEY_ALREADY_EXISTS, name);
    }
  }

  private ExportedKey opened(OperationRun run) {
    try (SecretBytes secret = BackupPassword.toOpen(password)) {
      return BackupFile.decrypt(backup, secret, name, run.time().now(), run.random());
    }
  }

  /** The key's own stamp, which says where it was made; this environment's if it has none. */
  public static EnvironmentType stamp(ExportedKey key, EnvironmentType here) {
    EnvironmentType stamp = key.stamp().orElse(here);
    if (!here.accepts(stamp)) {
      throw Texts.BACKUP_OF_OTHER_ENVIRONMENT.as(ErrorCode.STAMP_MISMATCH, stamp, here);
    }
    return stamp;
  }

  private static void requireOffered(CachedKey slot, ExportedKey key) {
    if (slot.backend().description().support(key.algorithm()).isEmpty()) {
      throw Texts.BACKUP_ALGORITHM_NOT_OFFERED.as(
          ErrorCode.UNSUPPORTED_ALGORITHM, slot.backend().id(), key.algorithm());
    }
  }

  /** Throws where the backend made something else of a key than it was asked to. */
  private static void requireAsAsked(
      CachedKey slot, KeyReading entry, RestoreRequest request, boolean whole) {
    KeySnapshot snapshot = entry.snapshot();
    boolean stamped = slot.backend().description().has(BackendTrait.STAMPS);
    boolean right =
        snapshot.algorithm() == request.key().algorithm()
            && (!stamped || snapshot.stamp().equals(StampReading.of(request.stamp())))
            && sameVersions(snapshot.versions(), asked(request.key(), whole), whole);
    if (!right) {
      throw Texts.RESTORED_OTHERWISE.as(
          ErrorCode.BACKEND_CONTRACT,
          slot.backend().id(),
          request.key().versions().size(),
          request.key().algorithm(),
          slot.name());
    }
    entry.requireUsable();
  }

  /** Some backends have no place for a version without a private key. */
  private static List<Version> asked(ExportedKey key, boolean whole) {
    return key.versions().stream().filter(v -> whole || v.material().isPresent()).toList();
  }

  private static boolean sameVersions(List<KeyVersion> found, List<Version> asked, boolean whole) {
    if (found.size() != asked.size()) {
      return false;
    }
    for (int i = 0; i < asked.size(); i++) {
      KeyVersion is = found.get(i);
      Version was = asked.get(i);
      boolean same =
          (!whole || (is.id().equals(was.id()) && is.createdAt().equals(was.createdAt())))
              && is.state() == was.state()
              && is.origin() == KeyOrigin.IMPORTED
              && (is.publicKey().equals(was.publicKey()) || was.material().isEmpty());
      if (!same) {
        return false;
      }
    }
    return true;
  }
}

package dev.enclave.core.internal.key.transfer;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyVersion;
import dev.enclave.admin.KeyBackup;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeyFinder;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.ReservedNames;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.versions.KeyCreation;
import dev.enclave.crypto.BackupFile;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.List;
import java.util.Optional;

/** Takes keys from backups into the resolved backend. Thread-safe. */
public final class BackupRestorer {

  private final SharedParts shared;
  private final KeyFinder finder;

  public BackupRestorer(SharedParts shared) {
    this.shared = shared;
    this.finder = new KeyFinder(shared);
  }

  public KeyCreation.Found restore(KeyName name, KeyBackup backup, char[] password, String caller) {
    shared.requireOpen();
    KeySlot slot = finder.slot(shared.backends().resolved(), name, Optional.empty());
    CallTrace trace = shared.newTrace();
    AuditTrail.Subject subject = shared.subject(Operation.RESTORE, caller, slot);
    KeyImporter importer;
    ExportedKey opened;
    try {
      // In this order: what policy forbids must not depend on what is in the file.
      requireEnvironment();
      ReservedNames.requireFree(name);
      requireNotAdopted(name);
      importer = slot.backend().capability(KeyImporter.class, "take a key in");
      opened = open(backup, password, name);
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (ExportedKey key = opened) {
      RestoreRequest request;
      try {
        request = RestoreRequest.of(name, stamp(key), key, trace.operationId());
        shared.keyPolicy().requireCreatable(slot.backend().id(), key.algorithm());
        requireOffered(slot, key);
      } catch (RuntimeException e) {
        throw shared.audit().refused(subject, trace, e);
      }
      return restored(slot, importer, request, subject, trace);
    }
  }

  private void requireEnvironment() {
    EnvironmentType here = shared.policy().environment();
    if (here == EnvironmentType.PRODUCTION || here == EnvironmentType.STAGING) {
      throw new PolicyException(
          ErrorCode.MIGRATION_NOT_APPROVED,
          "No key is restored into "
              + here
              + " without an approved migration, and there is none: a private key that was in a"
              + " file may be anywhere. Create a key here and rotate to it.");
    }
  }

  private void requireNotAdopted(KeyName name) {
    if (shared.adoptedKeys().containsKey(name)) {
      throw new UsageException(
          ErrorCode.KEY_ALREADY_EXISTS,
          "Key "
              + name
              + " is adopted by enclave.keys."
              + name
              + ". Restore the backup under another name.");
    }
  }

  private ExportedKey open(KeyBackup backup, char[] password, KeyName name) {
    try (SecretBytes secret = BackupPassword.toOpen(password)) {
      return BackupFile.decrypt(backup, secret, name, shared.time().now(), shared.random());
    }
  }

  /** The key's own stamp, which says where it was made; this environment's if it has none. */
  private EnvironmentType stamp(ExportedKey key) {
    EnvironmentType here = shared.policy().environment();
    EnvironmentType stamp = key.stamp().orElse(here);
    if (!here.accepts(stamp)) {
      throw new PolicyException(
          ErrorCode.STAMP_MISMATCH,
          "The backup is of a key made for "
              + stamp
              + " and this is "
              + here
              + ". Create a key here; keys do not change environments.");
    }
    return stamp;
  }

  private static void requireOffered(KeySlot slot, ExportedKey key) {
    if (slot.backend().description().support(key.algorithm()).isEmpty()) {
      throw new UsageException(
          ErrorCode.UNSUPPORTED_ALGORITHM,
          "Backend "
              + slot.backend().id()
              + " does not offer "
              + key.algorithm()
              + ", which the key in the backup is for. Restore it in another backend.");
    }
  }

  private KeyCreation.Found restored(
      KeySlot slot,
      KeyImporter importer,
      RestoreRequest request,
      AuditTrail.Subject subject,
      CallTrace trace) {
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace)) {
      KeyEntry entry;
      try {
        Plan plan =
            new Plan("restore key " + slot.name(), trace, SharedParts.CHANGE_WITHIN, true, false);
        KeySnapshot snapshot =
            slot.backend().caller().call(plan, call -> importer.restore(request, call));
        entry = slot.written(snapshot);
        // A look-up that found nothing may have cleared the slot away meanwhile.
        slot.backend().slots().putIfAbsent(slot.name(), slot);
        requireAsAsked(slot, entry, request, importer.importSupport().whole());
      } catch (RuntimeException e) {
        throw record.failed(e);
      }
      int privateKeys =
          (int) request.key().versions().stream().filter(v -> v.material().isPresent()).count();
      record.succeeded(BackupMaker.details(request.key(), privateKeys));
      return new KeyCreation.Found(slot, entry);
    }
  }

  private static void requireAsAsked(
      KeySlot slot, KeyEntry entry, RestoreRequest request, boolean whole) {
    KeySnapshot snapshot = entry.snapshot();
    boolean stamped = slot.backend().description().has(BackendTrait.STAMPS);
    boolean right =
        snapshot.algorithm() == request.key().algorithm()
            && (!stamped || snapshot.stamp().equals(StampReading.of(request.stamp())))
            && sameVersions(snapshot.versions(), asked(request.key(), whole), whole);
    if (!right) {
      throw new ConfigurationException(
          ErrorCode.BACKEND_CONTRACT,
          "Backend "
              + slot.backend().id()
              + " was asked to restore "
              + request.key().versions().size()
              + " versions of a key for "
              + request.key().algorithm()
              + " and made something else of them. Destroy key "
              + slot.name()
              + " and report it to the author of the backend.");
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

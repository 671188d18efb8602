package dev.enclave.core.internal.key.transfer;

import dev.enclave.PublicKeyInfo;
import dev.enclave.admin.KeyBackup;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.versions.StateChanger;
import dev.enclave.crypto.BackupFile;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyExporter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Takes keys out of a backend, encrypted. Thread-safe. */
public final class BackupMaker {

  private final SharedParts shared;

  public BackupMaker(SharedParts shared) {
    this.shared = shared;
  }

  public KeyBackup backup(KeySlot slot, char[] password, String caller) {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    Deadline deadline = shared.within(SharedParts.CHANGE_WITHIN);
    AuditTrail.Subject subject = shared.subject(Operation.BACKUP, caller, slot);
    KeyEntry entry;
    KeyExporter exporter;
    SecretBytes secret;
    try {
      entry = slot.fresh(trace, deadline).requireUsable();
      StateChanger.requireOurs(entry);
      exporter = exporter(slot);
      secret = BackupPassword.toProtect(password);
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (secret;
        AuditTrail.Entry record = shared.audit().begin(subject, trace)) {
      Plan plan =
          new Plan(
              "export key " + slot.name(), trace, deadline.remaining(), false, slot.settling());
      try (ExportedKey key =
          slot.backend().caller().call(plan, call -> exporter.export(slot.name(), call))) {
        requireSame(slot, entry, key);
        KeyBackup backup = encrypted(slot, key, secret);
        record.succeeded(details(key, backup.blocks().size()));
        return backup;
      } catch (RuntimeException e) {
        throw record.failed(e);
      }
    }
  }

  private static KeyExporter exporter(KeySlot slot) {
    return slot.backend()
        .find(KeyExporter.class)
        .orElseThrow(
            () ->
                new UsageException(
                    ErrorCode.UNSUPPORTED_OPERATION,
                    "Key "
                        + slot.name()
                        + " cannot be backed up: no private key leaves backend "
                        + slot.backend().id()
                        + ", which is what protects it there, and its provider keeps it durable."
                        + " Where a backup is needed, create keys in a backend that gives them"
                        + " out, such as software."));
  }

  private KeyBackup encrypted(KeySlot slot, ExportedKey key, SecretBytes secret) {
    try {
      return BackupFile.encrypt(key, secret, shared.random());
    } catch (IllegalArgumentException e) {
      throw wrongKey(slot, "a private key that does not belong to its public key");
    }
  }

  /** A backup of another key than the one in use would be noticed when it is too late. */
  private static void requireSame(KeySlot slot, KeyEntry entry, ExportedKey key) {
    if (!key.name().equals(slot.name()) || key.algorithm() != entry.snapshot().algorithm()) {
      throw wrongKey(slot, "it is key " + key.name() + " for " + key.algorithm());
    }
    for (Version version : key.versions()) {
      boolean other =
          entry
              .snapshot()
              .version(version.id())
              .filter(known -> !known.publicKey().equals(version.publicKey()))
              .isPresent();
      if (other) {
        throw wrongKey(slot, "version " + version.id() + " has another public key");
      }
    }
    for (var known : entry.snapshot().versions()) {
      if (key.versions().stream().noneMatch(v -> v.id().equals(known.id()))) {
        throw wrongKey(slot, "version " + known.id() + " is missing");
      }
    }
  }

  private static IntegrityException wrongKey(KeySlot slot, String what) {
    return new IntegrityException(
        ErrorCode.WRONG_ANSWER,
        "Backend "
            + slot.backend().id()
            + " was asked to export key "
            + slot.name()
            + " and gave something else: "
            + what
            + ". Nothing was written; report it to the author of the backend.");
  }

  /** What the audit log says of a backup that was made or restored. */
  static Map<String, String> details(ExportedKey key, int privateKeys) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("algorithm", key.algorithm().name());
    details.put("versions", Integer.toString(privateKeys));
    details.put("stamp", key.stamp().map(Enum::name).orElse("none"));
    key.versions()
        .get(0)
        .publicKey()
        .map(PublicKeyInfo::fingerprint)
        .ifPresent(fingerprint -> details.put("fingerprint", fingerprint.toString()));
    return details;
  }
}

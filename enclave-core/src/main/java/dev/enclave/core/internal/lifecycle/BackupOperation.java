package dev.enclave.core.internal.lifecycle;

import dev.enclave.PublicKeyInfo;
import dev.enclave.admin.KeyBackup;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.crypto.BackupFile;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyExporter;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/** A key is taken out of its backend, encrypted under a password. */
public final class BackupOperation implements KeyOperation<BackupOperation.Prepared, KeyBackup> {

  private final char[] password;
  private final KeyBackup.Derivation derivation;

  public BackupOperation(char[] password, KeyBackup.Derivation derivation) {
    this.password = password;
    this.derivation = derivation;
  }

  /** A key that may be taken out. */
  public record Prepared(KeyReading entry, KeyExporter exporter, SecretBytes secret) {}

  @Override
  public Operation kind() {
    return Operation.BACKUP;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    KeyReading entry = run.ours();
    KeyExporter exporter = exporter(run.slot());
    SecretBytes secret = BackupPassword.toProtect(password);
    run.atEnd(secret::close);
    return new Prepared(entry, exporter, secret);
  }

  @Override
  public KeyBackup carryOut(Prepared prepared, OperationRun run) {
    CachedKey slot = run.slot();
    try (ExportedKey key =
        run.ask(
            "export key " + slot.name(), call -> prepared.exporter().export(slot.name(), call))) {
      requireSame(slot, prepared.entry(), key);
      KeyBackup backup = encrypted(slot, key, prepared.secret(), derivation, run.shared().random());
      run.details(details(key, backup.blocks().size()));
      return backup;
    }
  }

  private static KeyExporter exporter(CachedKey slot) {
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

  private static KeyBackup encrypted(
      CachedKey slot,
      ExportedKey key,
      SecretBytes secret,
      KeyBackup.Derivation derivation,
      SecureRandom random) {
    try {
      return BackupFile.encrypt(key, secret, derivation, random);
    } catch (IllegalArgumentException e) {
      throw wrongKey(slot, "a private key that does not belong to its public key");
    }
  }

  /** A backup of another key than the one in use would be noticed when it is too late. */
  private static void requireSame(CachedKey slot, KeyReading entry, ExportedKey key) {
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

  private static IntegrityException wrongKey(CachedKey slot, String what) {
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

package dev.enclave.core.internal.lifecycle;

import dev.enclave.PublicKeyInfo;
import dev.enclave.admin.KeyBackup;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.crypto.BackupFile;
import dev.enclave.error.ErrorCode;
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
      KeyBackup backup = encrypted(slot, key, prepared.secret(), derivation, run.random());
      run.details(details(key, backup.blocks().size()));
      return backup;
    }
  }

  private static KeyExporter exporter(CachedKey slot) {
    return slot.backend()
        .find(KeyExporter.class)
        .orElseThrow(
            () ->
                Texts.NOT_TO_BE_BACKED_UP.as(
                    ErrorCode.UNSUPPORTED_OPERATION, slot.name(), slot.backend().id()));
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
      throw Texts.BACKED_UP_WRONG_PRIVATE_KEY.as(
          ErrorCode.WRONG_ANSWER, slot.backend().id(), slot.name());
    }
  }

  /** A backup of another key than the one in use would be noticed when it is too late. */
  private static void requireSame(CachedKey slot, KeyReading entry, ExportedKey key) {
    if (!key.name().equals(slot.name()) || key.algorithm() != entry.snapshot().algorithm()) {
      throw Texts.BACKED_UP_OTHER_KEY.as(
          ErrorCode.WRONG_ANSWER, slot.backend().id(), slot.name(), key.name(), key.algorithm());
    }
    for (Version version : key.versions()) {
      boolean other =
          entry
              .snapshot()
              .version(version.id())
              .filter(known -> !known.publicKey().equals(version.publicKey()))
              .isPresent();
      if (other) {
        throw Texts.BACKED_UP_OTHER_VERSION.as(
            ErrorCode.WRONG_ANSWER, slot.backend().id(), slot.name(), version.id());
      }
    }
    for (var known : entry.snapshot().versions()) {
      if (key.versions().stream().noneMatch(v -> v.id().equals(known.id()))) {
        throw Texts.BACKED_UP_WITHOUT_VERSION.as(
            ErrorCode.WRONG_ANSWER, slot.backend().id(), slot.name(), known.id());
      }
    }
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

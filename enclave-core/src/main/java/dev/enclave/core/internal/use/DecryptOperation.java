package dev.enclave.core.internal.use;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What others encrypted with the public key of an RSA-OAEP key is decrypted. Results in its
 * plaintext.
 */
public final class DecryptOperation
    implements KeyOperation<DecryptOperation.Prepared, SecretBytes> {

  private final byte[] ciphertext;
  private final Optional<KeyVersionId> only;

  /**
   * Decrypts.
   *
   * @param only the version to decrypt with; none for every version that opens, the active one
   *     first
   */
  public DecryptOperation(byte[] ciphertext, Optional<KeyVersionId> only) {
    this.ciphertext = ciphertext;
    this.only = only;
  }

  /**
   * Versions to be tried.
   *
   * @param candidates one at least
   */
  public record Prepared(KeyReading entry, List<KeyVersion> candidates) {}

  @Override
  public Operation kind() {
    return Operation.DECRYPT;
  }

  @Override
  public Duration within() {
    return RetryingCaller.SIGN_WITHIN;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    CachedKey slot = run.slot();
    KeyReading entry =
        only.isPresent() ? WrappingChecks.reading(run, only.get()) : WrappingChecks.reading(run);
    requireLength(slot, entry.snapshot().algorithm(), ciphertext);
    List<KeyVersion> candidates = candidates(entry, slot, only);
    run.version(candidates.get(0).id());
    return new Prepared(entry, candidates);
  }

  /** The caller closes it. */
  @Override
  public SecretBytes carryOut(Prepared prepared, OperationRun run) {
    Set<KeyVersionId> tried = new HashSet<>();
    Optional<SecretBytes> plaintext = first(prepared.entry(), prepared.candidates(), tried, run);
    if (plaintext.isEmpty() && only.isEmpty()) {
      // Another replica may have rotated since, and somebody encrypted for what that made.
      KeyReading fresh = run.fresh().requireUsable();
      plaintext = first(fresh, fresh.consuming(), tried, run);
    }
    return plaintext.orElseThrow(
        () -> Texts.CIPHERTEXT_CORRUPT.as(ErrorCode.SEALED_DATA_CORRUPT, run.slot().name()));
  }

  @Override
  public void withhold(SecretBytes plaintext) {
    plaintext.close();
  }

  /** What the first one opens, of those not tried yet. */
  private Optional<SecretBytes> first(
      KeyReading entry, List<KeyVersion> candidates, Set<KeyVersionId> tried, OperationRun run) {
    @Nullable UsageException refused = null;
    for (KeyVersion version : candidates) {
      if (tried.add(version.id())) {
        try {
          Optional<SecretBytes> plaintext = opened(entry.snapshot().ref(version), run);
          if (plaintext.isPresent()) {
            run.version(version.id());
            return plaintext;
          }
        } catch (UsageException e) {
          if (e.code() != ErrorCode.KEY_NOT_ACTIVE) {
            throw e;
          }
          // Switched off since the reading; another version may be the right one.
          run.slot().distrust();
          refused = e;
        }
      }
    }
    if (refused != null && candidates.size() == 1) {
      throw refused;
    }
    return Optional.empty();
  }

  private static List<KeyVersion> candidates(
      KeyReading entry, CachedKey slot, Optional<KeyVersionId> only) {
    if (only.isPresent()) {
      KeyVersion version = entry.requireVersion(only.get());
      WrappingChecks.requireConsumable(slot, version);
      return List.of(version);
    }
    List<KeyVersion> candidates = entry.consuming();
    if (candidates.isEmpty()) {
      throw Texts.NOTHING_OPENS.as(ErrorCode.KEY_NOT_ACTIVE, slot.name());
    }
    return candidates;
  }

  private static void requireLength(CachedKey slot, KeyAlgorithm algorithm, byte[] ciphertext) {
    if (!algorithm.asymmetric()) {
      throw Texts.NO_CIPHERTEXTS.as(ErrorCode.UNSUPPORTED_ALGORITHM, slot.name(), algorithm);
    }
    if (ciphertext.length != algorithm.keyBits() / Byte.SIZE) {
      throw Texts.CIPHERTEXT_LENGTH.as(
          ErrorCode.SEALED_DATA_CORRUPT,
          algorithm,
          algorithm.keyBits() / Byte.SIZE,
          ciphertext.length);
    }
  }

  private Optional<SecretBytes> opened(KeyVersionRef ref, OperationRun run) {
    try {
      return Optional.of(
          run.ask(
              "decrypt with key " + run.slot().name(),
              call -> WrappingChecks.wrapper(run.slot()).unwrap(ref, Bytes.of(ciphertext), call)));
    } catch (IntegrityException e) {
      if (e.code() == ErrorCode.KEY_DATA_CORRUPT) {
        return Optional.empty();
      }
      throw e;
    }
  }
}

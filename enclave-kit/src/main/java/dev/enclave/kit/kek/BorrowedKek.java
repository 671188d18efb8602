package dev.enclave.kit.kek;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.error.UsageException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyEncryptionKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * A wrapping key of another backend. What an older version of it wrapped, that version opens; what
 * another key wrapped is refused. The breaker is the engine's.
 */
public final class BorrowedKek implements RecordKek {

  private final KeyEncryptionKey key;
  private final String setting;
  private final Duration lifetime;

  /**
   * Lasts as long as its lender.
   *
   * @param setting what names the key, for messages
   * @param lifetime of an unwrapped data key
   */
  public BorrowedKek(KeyEncryptionKey key, String setting, Duration lifetime) {
    this.key = key;
    this.setting = setting;
    this.lifetime = lifetime;
  }

  @Override
  public Wrapped wrap(SecretBytes dataKey, Bytes associatedData, CallContext call)
      throws BackendFailure {
    byte[] raw = dataKey.exposeSecret();
    try {
      SealedBytes box = key.seal(raw, associatedData.toByteArray(), call);
      return Wrapped.of(key.handle().toString(), Bytes.of(box.toByteArray()));
    } finally {
      Arrays.fill(raw, (byte) 0);
    }
  }

  @Override
  public SecretBytes unwrap(Wrapped wrapped, Bytes associatedData, CallContext call)
      throws BackendFailure {
    requireThis(wrapped.kek());
    SealedBytes box = box(wrapped);
    requireThis(box.kek().toString());
    return SecretBytes.takeOver(key.unseal(box, associatedData.toByteArray(), call));
  }

  private void requireThis(String sealedBy) throws BackendFailure {
    String configured = key.handle().toString();
    if (sealedBy.equals(NoKek.NAME)) {
      throw BackendFailure.permanent(
          FailureCode.CORRUPT,
          "Its data key is not wrapped, as one that was made without %s, and that is now %s."
              .formatted(setting, configured),
          "Create the key anew: whoever has read the record has had the key.");
    }
    if (!sealedBy.equals(configured)) {
      throw BackendFailure.permanent(
              FailureCode.CORRUPT,
              "Its data key was wrapped by another key-encryption key, %s, and %s is %s."
                  .formatted(named(sealedBy), setting, configured),
              "Set it to the key that wrapped it; another version of the same key would do.")
          .naming(configured);
    }
  }

  /** Anybody may have written it. */
  private static String named(String sealedBy) {
    try {
      return KeyHandle.parse(sealedBy).toString();
    } catch (UsageException e) {
      return "whose name is none";
    }
  }

  private static SealedBytes box(Wrapped wrapped) throws BackendFailure {
    try {
      return SealedBytes.parse(wrapped.wrapped().toByteArray());
    } catch (UsageException e) {
      throw BackendFailure.permanent(
          FailureCode.CORRUPT,
          "Its wrapped data key is damaged or was changed.",
          "Put the record back from a backup.");
    }
  }

  @Override
  public boolean isCurrent(Wrapped wrapped) throws BackendFailure {
    return wrapped.kek().equals(key.handle().toString())
        && box(wrapped).version().equals(key.activeVersion());
  }

  @Override
  public Optional<KeyVersionId> version(CallContext call) throws BackendFailure {
    return Optional.of(key.activeVersion(call));
  }

  @Override
  public boolean rotates() {
    return true;
  }

  @Override
  public Duration lifetime() {
    return lifetime;
  }

  /** Private keys are used in this process's memory, whatever wraps them. */
  @Override
  public Assurance assurance() {
    Assurance own = key.assurance();
    return own.atLeast(Assurance.HSM_WRAPPED) ? Assurance.HSM_WRAPPED : own;
  }

  /** The lender's is the key. */
  @Override
  public void close() {}
}

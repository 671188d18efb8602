package dev.enclave.core.internal.use;

import dev.enclave.KeyVersion;
import dev.enclave.SealedBytes;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.crypto.DataKey;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyWrapper;
import java.time.Duration;
import java.util.Arrays;

/**
 * A sealed box is opened. Results in its plaintext.
 *
 * @see SealOperation
 */
public final class UnsealOperation implements KeyOperation<UnsealOperation.Prepared, byte[]> {

  private static final int DATA_KEY = 32;

  private final SealedBytes box;
  private final SealedFor user;
  private final byte[] associatedData;
  private final Duration within;

  /** Unseals within the time that a use of a key takes. */
  public UnsealOperation(SealedBytes box, SealedFor user, byte[] associatedData) {
    this(box, user, associatedData, RetryingCaller.SIGN_WITHIN);
  }

  /** Unseals within a time. */
  public UnsealOperation(SealedBytes box, SealedFor user, byte[] associatedData, Duration within) {
    this.box = box;
    this.user = user;
    this.associatedData = associatedData;
    this.within = within;
  }

  /** A KEK, ready to unwrap. */
  public record Prepared(KeyVersionRef kek, KeyWrapper wrapper) {}

  @Override
  public Operation kind() {
    return Operation.UNSEAL;
  }

  @Override
  public Duration within() {
    return within;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    CachedKey slot = run.slot();
    KeyReading entry = WrappingChecks.reading(run, box.version());
    KeyVersion version = entry.requireVersion(box.version());
    WrappingChecks.requireConsumable(slot, version);
    KeyWrapper wrapper = WrappingChecks.wrapper(slot);
    run.version(version.id());
    return new Prepared(entry.snapshot().ref(version), wrapper);
  }

  @Override
  public byte[] carryOut(Prepared prepared, OperationRun run) {
    try {
      return unsealed(prepared, run);
    } catch (IntegrityException e) {
      throw e.code() == ErrorCode.KEY_DATA_CORRUPT
          ? Texts.SEALED_BOX_CORRUPT.as(ErrorCode.SEALED_DATA_CORRUPT)
          : e;
    }
  }

  @Override
  public void withhold(byte[] plaintext) {
    Arrays.fill(plaintext, (byte) 0);
  }

  private byte[] unsealed(Prepared prepared, OperationRun run) {
    try (SecretBytes raw =
        run.ask(
            "unwrap a data key with key " + run.slot().name(),
            call -> prepared.wrapper().unwrap(prepared.kek(), box.wrappedKey(), call))) {
      if (raw.size() != DATA_KEY) {
        // With a public wrapping key anybody can wrap anything.
        throw Texts.SEALED_BOX_CORRUPT.as(ErrorCode.SEALED_DATA_CORRUPT);
      }
      try (DataKey dataKey = DataKey.of(raw)) {
        return decrypted(dataKey);
      }
    }
  }

  private byte[] decrypted(DataKey dataKey) {
    if (!dataKey.commitment().equals(box.commitment())) {
      throw Texts.SEALED_BOX_CORRUPT.as(ErrorCode.SEALED_DATA_CORRUPT);
    }
    return dataKey.decrypt(
        box.nonce(), user.authenticated(box.header(), associatedData), box.ciphertext());
  }
}

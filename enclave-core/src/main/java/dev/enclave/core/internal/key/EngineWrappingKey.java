package dev.enclave.core.internal.key;

import dev.enclave.SealedBytes;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.AuditEvent.Operation;

/** A key-encryption key over a slot. */
final class EngineWrappingKey extends EngineKey implements WrappingKey {

  private final WrappingAlgorithm algorithm;

  EngineWrappingKey(
      Engine engine, KeySlot slot, KeyEntry first, WrappingAlgorithm algorithm, String caller) {
    super(engine, slot, first, caller);
    this.algorithm = algorithm;
  }

  @Override
  public WrappingAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public SealedBytes seal(byte[] plaintext, byte[] associatedData) {
    return new Sealer(engine()).seal(slot(), plaintext, associatedData, caller());
  }

  @Override
  public byte[] unseal(SealedBytes box, byte[] associatedData) {
    engine().requireOpen();
    if (!isNamedBy(box.kek())) {
      throw engine()
          .audit()
          .refused(
              engine().subject(Operation.OPEN, caller(), slot()),
              engine().newTrace(),
              otherKey(box));
    }
    return new Sealer(engine()).open(slot(), box, associatedData, caller());
  }

  private UsageException otherKey(SealedBytes box) {
    return new UsageException(
        ErrorCode.INVALID_HANDLE,
        "The box was sealed by "
            + box.kek()
            + " and this key is "
            + handle()
            + ". Open it with Enclave.unseal, which finds the key.");
  }
}

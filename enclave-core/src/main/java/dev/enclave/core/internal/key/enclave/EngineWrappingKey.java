package dev.enclave.core.internal.key.enclave;

import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SealedBytes;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.core.internal.key.slot.Engine;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.use.Decrypter;
import dev.enclave.core.internal.key.use.Sealer;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.AuditEvent.Operation;
import java.util.Objects;
import java.util.Optional;

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
    Objects.requireNonNull(plaintext, "plaintext");
    Objects.requireNonNull(associatedData, "associatedData");
    return new Sealer(engine()).seal(slot(), plaintext, associatedData, caller());
  }

  @Override
  public byte[] unseal(SealedBytes box, byte[] associatedData) {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(associatedData, "associatedData");
    engine().requireOpen();
    if (!isNamedBy(box.kek())) {
      throw engine()
          .audit()
          .refused(
              engine().subject(Operation.UNSEAL, caller(), slot()),
              engine().newTrace(),
              otherKey(box));
    }
    return new Sealer(engine()).unseal(slot(), box, associatedData, caller());
  }

  @Override
  public Optional<PublicKeyInfo> publicKey() {
    return activeVersion().publicKey();
  }

  @Override
  public byte[] decrypt(byte[] ciphertext) {
    Objects.requireNonNull(ciphertext, "ciphertext");
    return new Decrypter(engine()).decrypt(slot(), ciphertext, Optional.empty(), caller());
  }

  @Override
  public byte[] decrypt(byte[] ciphertext, KeyVersionId version) {
    Objects.requireNonNull(ciphertext, "ciphertext");
    Objects.requireNonNull(version, "version");
    return new Decrypter(engine()).decrypt(slot(), ciphertext, Optional.of(version), caller());
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

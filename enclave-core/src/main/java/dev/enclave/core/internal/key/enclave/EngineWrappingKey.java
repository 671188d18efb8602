package dev.enclave.core.internal.key.enclave;

import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SealedBytes;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.use.Decrypter;
import dev.enclave.core.internal.key.use.EnvelopeSealer;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.Objects;
import java.util.Optional;

/** A key-encryption key over a slot. */
final class EngineWrappingKey extends EngineKey implements WrappingKey {

  private final WrappingAlgorithm algorithm;

  EngineWrappingKey(
      SharedParts shared,
      KeySlot slot,
      KeyEntry first,
      WrappingAlgorithm algorithm,
      String caller) {
    super(shared, slot, first, caller);
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
    return new EnvelopeSealer(shared()).seal(slot(), plaintext, associatedData, caller());
  }

  @Override
  public byte[] unseal(SealedBytes box, byte[] associatedData) {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(associatedData, "associatedData");
    shared().requireOpen();
    if (!isNamedBy(box.kek())) {
      throw shared()
          .audit()
          .refused(
              shared().subject(Operation.UNSEAL, caller(), slot()),
              shared().newTrace(),
              otherKey(box));
    }
    return new EnvelopeSealer(shared()).unseal(slot(), box, associatedData, caller());
  }

  @Override
  public Optional<PublicKeyInfo> publicKey() {
    return activeVersion().publicKey();
  }

  @Override
  public byte[] decrypt(byte[] ciphertext) {
    Objects.requireNonNull(ciphertext, "ciphertext");
    return new Decrypter(shared()).decrypt(slot(), ciphertext, Optional.empty(), caller());
  }

  @Override
  public byte[] decrypt(byte[] ciphertext, KeyVersionId version) {
    Objects.requireNonNull(ciphertext, "ciphertext");
    Objects.requireNonNull(version, "version");
    return new Decrypter(shared()).decrypt(slot(), ciphertext, Optional.of(version), caller());
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

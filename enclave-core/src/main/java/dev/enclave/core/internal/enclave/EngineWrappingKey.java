package dev.enclave.core.internal.enclave;

import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SealedBytes;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.DecryptOperation;
import dev.enclave.core.internal.use.SealOperation;
import dev.enclave.core.internal.use.SealedFor;
import dev.enclave.core.internal.use.UnsealOperation;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** A key-encryption key over a slot. */
final class EngineWrappingKey extends EngineKey implements WrappingKey {

  private final WrappingAlgorithm algorithm;

  EngineWrappingKey(KeyLookup lookup, KeyDirectory.Found found, WrappingAlgorithm algorithm) {
    super(lookup, found);
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
    return callers(Operation.SEAL)
        .run(new SealOperation(plaintext, SealedFor.CALLERS, associatedData));
  }

  @Override
  public byte[] unseal(SealedBytes box, byte[] associatedData) {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(associatedData, "associatedData");
    lookup().operations().requireOpen();
    if (!isNamedBy(box.kek())) {
      throw operation(caller())
          .refuse(
              Operation.UNSEAL,
              Texts.BOX_OF_OTHER_KEY.as(ErrorCode.INVALID_HANDLE, box.kek(), handle()));
    }
    return callers(Operation.UNSEAL)
        .run(new UnsealOperation(box, SealedFor.CALLERS, associatedData));
  }

  @Override
  public SealedBytes reseal(SealedBytes box, byte[] associatedData) {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(associatedData, "associatedData");
    lookup().operations().requireOpen();
    callers(Operation.UNSEAL);
    boolean current = isNamedBy(box.kek()) && activeVersion().id().equals(box.version());
    if (current) {
      return box;
    }
    byte[] plaintext = unseal(box, associatedData);
    try {
      return seal(plaintext, associatedData);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  @Override
  public Optional<PublicKeyInfo> publicKey() {
    return activeVersion().publicKey();
  }

  @Override
  public byte[] decrypt(byte[] ciphertext) {
    Objects.requireNonNull(ciphertext, "ciphertext");
    return decrypted(ciphertext, Optional.empty());
  }

  @Override
  public byte[] decrypt(byte[] ciphertext, KeyVersionId version) {
    Objects.requireNonNull(ciphertext, "ciphertext");
    Objects.requireNonNull(version, "version");
    return decrypted(ciphertext, Optional.of(version));
  }

  private byte[] decrypted(byte[] ciphertext, Optional<KeyVersionId> only) {
    OperationRun run =
        permitted(Operation.DECRYPT, lookup().rules().lent().refusalToDecrypt(slot()));
    try (SecretBytes plaintext = run.run(new DecryptOperation(ciphertext, only))) {
      return plaintext.exposeSecret();
    }
  }

  private OperationRun callers(Operation use) {
    return permitted(use, lookup().rules().lent().refusal(slot()));
  }

  private OperationRun permitted(Operation use, Optional<EnclaveException> refusal) {
    OperationRun run = operation(caller());
    if (refusal.isPresent()) {
      throw run.refuse(use, refusal.get());
    }
    return run;
  }
}

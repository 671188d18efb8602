package dev.enclave;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The operations that may wait for a network, as {@link CompletionStage}s. A failed operation
 * completes its stage with the {@link EnclaveException} the blocking call would have thrown.
 * Thread-safe.
 */
public final class AsyncEnclave {

  private final Enclave enclave;
  private final Executor executor;

  /** Runs the operations of {@code enclave} on {@code executor}. */
  public AsyncEnclave(Enclave enclave, Executor executor) {
    this.enclave = enclave;
    this.executor = executor;
  }

  /** See {@link Enclave#createKey}. */
  public <K extends EnclaveKey> CompletionStage<K> createKey(KeySpec<K> spec) {
    return run(() -> enclave.createKey(spec));
  }

  /** See {@link Enclave#ensureKey}. */
  public <K extends EnclaveKey> CompletionStage<K> ensureKey(KeySpec<K> spec) {
    return run(() -> enclave.ensureKey(spec));
  }

  /** See {@link Enclave#key(KeyHandle)}. */
  public CompletionStage<SigningKey> key(KeyHandle handle) {
    return run(() -> enclave.key(handle));
  }

  /** See {@link SigningKey#sign(SigningInput, SignOptions)}. */
  public CompletionStage<SignatureValue> sign(
      SigningKey key, SigningInput input, SignOptions options) {
    return run(() -> key.sign(input, options));
  }

  /** See {@link Enclave#seal}. */
  public CompletionStage<SealedBytes> seal(String kek, byte[] plaintext, byte[] associatedData) {
    return run(() -> enclave.seal(kek, plaintext, associatedData));
  }

  /** See {@link Enclave#unseal}. */
  public CompletionStage<byte[]> unseal(SealedBytes box, byte[] associatedData) {
    return run(() -> enclave.unseal(box, associatedData));
  }

  /** See {@link Enclave#reseal}. */
  public CompletionStage<SealedBytes> reseal(SealedBytes box, byte[] associatedData) {
    return run(() -> enclave.reseal(box, associatedData));
  }

  private <T> CompletionStage<T> run(Supplier<T> operation) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      executor.execute(() -> complete(result, operation));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(
          new UsageException(
              ErrorCode.CLOSED,
              "The executor takes no more work: it or the Enclave has been closed. Open another."));
    }
    return result.minimalCompletionStage();
  }

  private static <T> void complete(CompletableFuture<T> result, Supplier<T> operation) {
    try {
      result.complete(operation.get());
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }
}

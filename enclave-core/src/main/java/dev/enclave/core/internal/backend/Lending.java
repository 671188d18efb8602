package dev.enclave.core.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.WrappingChecks;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyEncryptionKey;
import dev.enclave.spi.backend.KeyEncryptionKeys;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lends backends the wrapping keys of other backends. Which backend borrows from which is kept, so
 * that none borrows from itself through others. Thread-safe.
 */
final class Lending implements AutoCloseable {

  private final Supplier<Engine> otherwise;
  private final Map<BackendId, Set<BackendId>> lenders = new HashMap<>();
  private @Nullable Engine engine;
  private boolean own;

  /**
   * Lends nothing yet.
   *
   * @param otherwise makes the engine that lends where no other is given; closed with this
   */
  Lending(Supplier<Engine> otherwise) {
    this.otherwise = otherwise;
  }

  /** Lends by this engine from now on, which somebody else closes. */
  synchronized void through(Engine other) {
    engine = other;
  }

  /** What {@code borrower} is opened with. */
  KeyEncryptionKeys to(BackendId borrower) {
    return new KeyEncryptionKeys() {
      @Override
      public KeyEncryptionKey of(KeyHandle handle) throws BackendFailure {
        return lent(borrower, handle.backend(), opened -> handle);
      }

      @Override
      public KeyEncryptionKey of(BackendId backend, KeyName name) throws BackendFailure {
        return lent(
            borrower,
            backend,
            opened ->
                new KeyHandle(backend, opened.description().authority(), name, Optional.empty()));
      }
    };
  }

  private KeyEncryptionKey lent(
      BackendId borrower, BackendId backend, Function<OpenBackend, KeyHandle> named)
      throws BackendFailure {
    borrow(borrower, backend);
    Engine lender = engine();
    KeyDirectory keys = lender.keys();
    try {
      KeyHandle handle = named.apply(keys.backend(backend));
      CachedKey slot = keys.slot(handle);
      KeyReading entry = keys.read(slot, LentKey.caller(borrower));
      KeyDirectory.requireFingerprint(entry, handle.fingerprint());
      WrappingChecks.requireKek(entry, slot);
      lender.rules().lent().lend(handle, borrower);
      return new LentKey(lender.operations(), slot, entry, borrower);
    } catch (EnclaveException e) {
      throw LentKey.failure(e, FailureCode.MISCONFIGURED, lender.operations().time());
    }
  }

  private synchronized void borrow(BackendId borrower, BackendId lender) throws BackendFailure {
    if (lender.equals(borrower) || borrows(lender, borrower, new HashSet<>())) {
      throw (lender.equals(borrower) ? Texts.SEALS_ITSELF : Texts.SEALED_IN_A_CIRCLE)
          .permanent(FailureCode.MISCONFIGURED, borrower, lender);
    }
    lenders.computeIfAbsent(borrower, id -> new HashSet<>()).add(lender);
  }

  /** Whether {@code from} borrows from {@code sought}, directly or through others. */
  private boolean borrows(BackendId from, BackendId sought, Set<BackendId> seen) {
    return seen.add(from)
        && Optional.ofNullable(lenders.get(from)).orElse(Set.of()).stream()
            .anyMatch(lender -> lender.equals(sought) || borrows(lender, sought, seen));
  }

  private synchronized Engine engine() {
    if (engine == null) {
      engine = otherwise.get();
      own = true;
    }
    return engine;
  }

  /** Ends what was opened for lending alone. */
  @Override
  public synchronized void close() {
    if (own && engine != null) {
      engine.close();
      engine = null;
      own = false;
    }
  }
}

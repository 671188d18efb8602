package dev.enclave.spi.backend;

import dev.enclave.KeyName;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * An opened place for keys. What can be done with them is a {@link Capability} each. Makes exactly
 * one attempt per call: no retry, no cache of answers, no verification, no audit. Where the
 * provider cannot refuse a retired version by itself, the backend may go by a state that it has
 * read or written within the last hour: how old a reading may be, the engine decides for all
 * backends, and uses a key by none that is older.
 *
 * <p>Thread-safe. Returns by {@link CallContext#deadline()} or fails with {@link
 * FailureCode#TIMEOUT}. After {@link #close()} every call fails with {@link FailureCode#CLOSED}.
 * Throws {@link BackendFailure} and nothing else.
 */
public interface SigningBackend extends AutoCloseable {

  /** What it is and can do; the same for its whole life. */
  BackendDescription describe();

  /**
   * Reads a key.
   *
   * @throws BackendFailure {@link FailureCode#NOT_FOUND} when there is none
   */
  KeySnapshot load(KeyName name, CallContext call) throws BackendFailure;

  /**
   * What the backend can do, if it can: another object, or this one. The answer is the same for the
   * backend's whole life. Without a word of its own, a backend has the capabilities that it
   * implements.
   */
  default <C extends Capability> Optional<C> capability(Class<C> type) {
    return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
  }

  /** What it declares of its behaviour, and a trait for each capability that it has. */
  default Set<BackendTrait> traits() {
    Set<BackendTrait> traits = EnumSet.noneOf(BackendTrait.class);
    for (BackendTrait trait : BackendTrait.values()) {
      if (trait
          .capability()
          .map(type -> capability(type).isPresent())
          .orElseGet(() -> describe().has(trait))) {
        traits.add(trait);
      }
    }
    return traits;
  }

  /**
   * Asks the provider how it is, by a call that costs little quota and creates nothing. A start
   * asks once, and {@code enclave doctor} once more: what costs more can wait for who asks again.
   */
  HealthReport health(CallContext call) throws BackendFailure;

  /** Releases connections, threads and key material. Idempotent. */
  @Override
  void close();
}

package dev.enclave.core.internal.operation;

import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * An operation as a value: what is to be done, without the key, the caller and the process. {@link
 * OperationRun} takes it through its steps, now or later, here or in another process.
 *
 * @param <P> what is known when it may begin
 * @param <R> its result
 */
public interface KeyOperation<P, R> {

  /** What it is called in the audit log. */
  Operation kind();

  /** How long all of it may take. */
  default Duration within() {
    return RetryingCaller.CHANGE_WITHIN;
  }

  /**
   * Whether it holds a password, a plaintext or another secret, or results in one, and so is not
   * kept for later. One that says nothing is not kept.
   */
  default boolean secret() {
    return true;
  }

  /**
   * The first step: asks the backend for readings at most. What it throws is a refusal. For an
   * operation that has no key yet, this says where it is to be.
   */
  P prepare(OperationRun run);

  /** The second step, once the intent is durable: does it. Whatever it throws is its failure. */
  R carryOut(P prepared, OperationRun run);

  /** Ends a result that is not handed out, since the audit log did not take the outcome. */
  default void withhold(R result) {}

  /** As the other, for what takes as long as a change may. */
  static <P, R> KeyOperation<P, R> of(
      Operation kind, Function<OperationRun, P> prepare, BiFunction<P, OperationRun, R> carryOut) {
    return of(kind, RetryingCaller.CHANGE_WITHIN, prepare, carryOut);
  }

  /**
   * One that has nothing of its own to hold. What holds key material or another secret is a class,
   * whose fields say so.
   */
  static <P, R> KeyOperation<P, R> of(
      Operation kind,
      Duration within,
      Function<OperationRun, P> prepare,
      BiFunction<P, OperationRun, R> carryOut) {
    return new KeyOperation<>() {
      @Override
      public Operation kind() {
        return kind;
      }

      @Override
      public Duration within() {
        return within;
      }

      @Override
      public P prepare(OperationRun run) {
        return prepare.apply(run);
      }

      @Override
      public R carryOut(P prepared, OperationRun run) {
        return carryOut.apply(prepared, run);
      }
    };
  }
}

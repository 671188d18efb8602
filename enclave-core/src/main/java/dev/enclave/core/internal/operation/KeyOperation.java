package dev.enclave.core.internal.operation;

import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;

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
  Duration within();

  /** Whether it holds a password, a plaintext or another secret, or results in one. */
  boolean secret();

  /**
   * The first step: asks the backend for readings at most. What it throws is a refusal. For an
   * operation that has no key yet, this says where it is to be.
   */
  P prepare(OperationRun run);

  /** The second step, once the intent is durable: does it. Whatever it throws is its failure. */
  R carryOut(P prepared, OperationRun run);

  /** Ends a result that is not handed out, since the audit log did not take the outcome. */
  default void withhold(R result) {}
}

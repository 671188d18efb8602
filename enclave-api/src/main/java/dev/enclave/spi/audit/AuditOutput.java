package dev.enclave.spi.audit;

import java.io.IOException;

/**
 * A further place for audit records, beside the log whose records decide whether operations go on:
 * a logging framework, say. Found by {@link java.util.ServiceLoader} and used if {@code
 * enclave.audit.sink} names its {@link #id()}, or given to the builder.
 *
 * <p>The engine calls it once the log has the record, one record at a time, in the thread of the
 * operation, and waits for it. A failure is logged once and never refuses an operation.
 */
public interface AuditOutput {

  /** What {@code enclave.audit.sink} calls it: {@code [a-z][a-z0-9-]*}, not file or stdout. */
  String id();

  /**
   * Takes a record.
   *
   * @param event what the record is of, for structured arguments; its texts may hold anything a
   *     caller wrote
   * @param line the record as JSON, chained to the one before: printable ASCII without a dollar
   *     sign before a brace, everything else escaped, no LF
   * @throws IOException when it was not taken; the chain then goes on without it
   */
  void write(AuditEvent event, String line) throws IOException;
}

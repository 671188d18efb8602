/** Signed checkpoints of a log, the log's own key, and the removal of old records. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.checkpoint;

/** The key of a backend that signs checkpoints beside the log's own key. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.countersign;

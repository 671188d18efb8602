/** The sink that writes a log: queues, writers and group commit. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.write;

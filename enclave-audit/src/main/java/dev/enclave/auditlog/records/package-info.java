/** One record: its JSON, its hash, its chain. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.records;

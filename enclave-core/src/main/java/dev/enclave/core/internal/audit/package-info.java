/** The audit trail and the hash-chained log files. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.audit;

/** The audit log without an Enclave. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog;

/** Records on standard output and to other outputs, and their verification. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.stream;

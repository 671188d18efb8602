/** The tamper-evident audit log, for those who read, verify and look after it. */
@org.jspecify.annotations.NullMarked
package dev.enclave.audit;

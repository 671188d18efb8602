/**
 * Records every operation: its intent before the call, its outcome before the result is released.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.trail;

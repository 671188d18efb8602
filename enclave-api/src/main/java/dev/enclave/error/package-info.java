/**
 * What Enclave throws: one unchecked exception for each {@link dev.enclave.error.ErrorCategory},
 * each with a stable {@link dev.enclave.error.ErrorCode}.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.error;

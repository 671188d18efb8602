/** Sends one request, by the names of Cloud KMS, checks the answer and explains failures. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.calls;

/** What an operator does and grants, on a real API server, by Debian's kubectl. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.operation;

/** Sends one request to the API server and explains its failures. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.internal.calls;

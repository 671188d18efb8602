/** Where the API server is, whom to trust, and as whom to ask. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.internal.connect;

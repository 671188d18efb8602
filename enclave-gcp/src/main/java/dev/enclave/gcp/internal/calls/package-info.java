/** Sends one request and explains its failures. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.calls;

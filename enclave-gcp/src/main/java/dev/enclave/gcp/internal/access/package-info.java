/** Compares permissions with those that are needed, and tells whether the service is healthy. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.access;

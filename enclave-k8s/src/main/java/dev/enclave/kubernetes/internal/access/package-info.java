/** Compares permissions with those that are needed, and tells whether the place is healthy. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.internal.access;

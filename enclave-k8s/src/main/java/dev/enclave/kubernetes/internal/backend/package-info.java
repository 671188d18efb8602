/** Assembles the backend that the engine uses. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.internal.backend;

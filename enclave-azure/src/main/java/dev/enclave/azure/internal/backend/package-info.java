/** Assembles the backends that the engine uses. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.backend;

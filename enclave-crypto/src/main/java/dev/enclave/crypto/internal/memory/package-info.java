/** Secrets outside the heap. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.memory;

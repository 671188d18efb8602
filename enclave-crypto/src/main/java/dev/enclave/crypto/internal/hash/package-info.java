/** Digests and objects kept for reuse. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.hash;

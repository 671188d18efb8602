/** The open backends, the keys read from them, and what all operations share. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.key;

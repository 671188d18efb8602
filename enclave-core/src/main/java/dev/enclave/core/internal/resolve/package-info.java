/** Finds providers and chooses one, with reasons. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.resolve;

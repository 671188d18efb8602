/** Rotates keys that are due by itself, while an Enclave is open, at a few requests a minute. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.background;

/** Operations as values, and the one path that each of them takes. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.operation;

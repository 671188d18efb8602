/**
 * The engine as {@link dev.enclave.EnclaveFactory} finds it, and, for the command alone, what opens
 * a configured backend without the engine around it.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.internal.opening;

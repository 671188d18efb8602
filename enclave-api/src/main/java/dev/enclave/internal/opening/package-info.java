/** For the command alone: opens a configured backend without the engine around it. */
@org.jspecify.annotations.NullMarked
package dev.enclave.internal.opening;

/**
 * Opens each backend once, when it is first needed; a call waits for that no longer than it may.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.key.opening;

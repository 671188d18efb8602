/** Opens each backend once, when it is first needed, and waits for it no longer than a call has. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.key.opening;

/** Keys as applications see them, over open backends. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.key;

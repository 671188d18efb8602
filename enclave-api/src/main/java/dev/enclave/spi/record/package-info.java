/**
 * The service-provider interface of stores that keep named records, one a key.
 *
 * <p>A backend over such a store is ready-made in the package {@code dev.enclave.kit.record}.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi.record;

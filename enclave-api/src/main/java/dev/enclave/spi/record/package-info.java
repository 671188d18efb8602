/**
 * The service-provider interface of stores that keep named records, one a key.
 *
 * <p>A backend over such a store is ready-made in the module {@code dev.enclave.records}.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi.record;

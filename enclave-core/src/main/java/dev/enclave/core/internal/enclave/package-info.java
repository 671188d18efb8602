/** The interfaces that applications hold, each seen as one caller. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.enclave;

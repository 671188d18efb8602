/** Imports keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.transfer;

/** Imports keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.transfer;

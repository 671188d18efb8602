/** The operations that import keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.gcp.kms.transfer;

/** The operations that make, read and change keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.gcp.kms.management;

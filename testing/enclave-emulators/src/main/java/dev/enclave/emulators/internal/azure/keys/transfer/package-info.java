/** The operations that import keys or give them out. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.azure.keys.transfer;

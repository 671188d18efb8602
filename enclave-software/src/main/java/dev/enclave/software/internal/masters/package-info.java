/** The file {@code store.json}: the store's master keys, sealed, and the cost of its passphrase. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal.masters;

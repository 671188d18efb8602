/** Keys in the Transit secrets engine, and what is known of them in a key-value store. */
@org.jspecify.annotations.NullMarked
package dev.enclave.vault.internal.keys;

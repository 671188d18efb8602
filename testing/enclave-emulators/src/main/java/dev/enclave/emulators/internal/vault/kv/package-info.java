/** Vault's key/value secrets engine, version 2. */
@NullMarked
package dev.enclave.emulators.internal.vault.kv;

import org.jspecify.annotations.NullMarked;

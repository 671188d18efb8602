/** Vault's system backend, as far as clients of keys need it, and the state of its nodes. */
@NullMarked
package dev.enclave.emulators.internal.vault.sys;

import org.jspecify.annotations.NullMarked;

/** Vault's tokens. */
@NullMarked
package dev.enclave.emulators.internal.vault.access.token;

import org.jspecify.annotations.NullMarked;

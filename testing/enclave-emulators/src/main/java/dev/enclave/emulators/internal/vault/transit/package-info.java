/** Vault's transit secrets engine. */
@NullMarked
package dev.enclave.emulators.internal.vault.transit;

import org.jspecify.annotations.NullMarked;

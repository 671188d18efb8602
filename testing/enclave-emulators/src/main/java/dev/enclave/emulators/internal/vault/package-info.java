/** Vault's core: what it does with a request before and after a mount sees it. */
@NullMarked
package dev.enclave.emulators.internal.vault;

import org.jspecify.annotations.NullMarked;

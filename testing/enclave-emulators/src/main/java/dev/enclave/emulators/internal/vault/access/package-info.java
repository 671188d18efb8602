/** Who may do what in Vault. */
@NullMarked
package dev.enclave.emulators.internal.vault.access;

import org.jspecify.annotations.NullMarked;

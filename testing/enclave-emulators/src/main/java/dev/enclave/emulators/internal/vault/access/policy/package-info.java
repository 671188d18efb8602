/** Vault's policy language, and what policies allow. */
@NullMarked
package dev.enclave.emulators.internal.vault.access.policy;

import org.jspecify.annotations.NullMarked;

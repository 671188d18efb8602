/** Vault's auth methods: how others' identities become tokens. */
@NullMarked
package dev.enclave.emulators.internal.vault.access.method;

import org.jspecify.annotations.NullMarked;

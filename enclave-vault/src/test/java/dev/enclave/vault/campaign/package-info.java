/** Enclave and Vault on bad days, over the wire, against our own server. */
@NullMarked
package dev.enclave.vault.campaign;

import org.jspecify.annotations.NullMarked;

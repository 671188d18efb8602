/** Enclave and Azure Key Vault on bad days, over the wire, against our own server. */
@NullMarked
package dev.enclave.azure.campaign;

import org.jspecify.annotations.NullMarked;

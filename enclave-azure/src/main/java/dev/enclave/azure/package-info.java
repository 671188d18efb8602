/** The Azure Key Vault backend. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure;

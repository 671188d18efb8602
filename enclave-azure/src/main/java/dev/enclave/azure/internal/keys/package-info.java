/** The keys of a vault as the version ledger asks for them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.keys;

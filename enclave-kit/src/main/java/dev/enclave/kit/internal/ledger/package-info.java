/** The engine of the version ledger. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.internal.ledger;

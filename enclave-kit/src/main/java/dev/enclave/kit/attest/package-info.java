/** Reads what hardware states about a key. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.attest;

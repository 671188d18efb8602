/** What tells one store of sealed key files from another; for backends that are built on it. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.store;

/** What the identity needs and has, and how the server is. */
@org.jspecify.annotations.NullMarked
package dev.enclave.vault.internal.access;

@org.jspecify.annotations.NullMarked
package dev.enclave.vault.internal.calls;

/** The words of this module's messages. */
@org.jspecify.annotations.NullMarked
package dev.enclave.vault.internal.texts;

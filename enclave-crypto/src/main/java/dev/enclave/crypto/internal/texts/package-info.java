/** What the local mathematics says. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.texts;

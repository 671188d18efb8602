/** What the binding says. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cryptoki.internal.texts;

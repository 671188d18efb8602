/** What the engine says. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.texts;

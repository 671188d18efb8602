/** What the kit says. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.texts;

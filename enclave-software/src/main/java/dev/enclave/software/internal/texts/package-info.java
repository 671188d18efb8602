/** What the backend says. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal.texts;

/** What the backend says. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.texts;

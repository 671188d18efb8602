/** What the API says, and the words of a message with named holes. */
@org.jspecify.annotations.NullMarked
package dev.enclave.internal.texts;

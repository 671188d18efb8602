/** What the backend says. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.texts;

/** Which engine serves an algorithm, once the engine proved itself. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.choice;

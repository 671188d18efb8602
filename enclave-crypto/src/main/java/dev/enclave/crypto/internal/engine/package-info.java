/** What every engine offers. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.engine;

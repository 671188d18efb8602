/** When a key is read anew, and the reads beside its use. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.key.reading;

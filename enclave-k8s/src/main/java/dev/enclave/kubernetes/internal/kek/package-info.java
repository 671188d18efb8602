/** The keys that wrap data keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.internal.kek;

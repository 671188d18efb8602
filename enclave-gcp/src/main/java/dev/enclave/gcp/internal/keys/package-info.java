/** Reads keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.keys;

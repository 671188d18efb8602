/** Reads keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.keys;

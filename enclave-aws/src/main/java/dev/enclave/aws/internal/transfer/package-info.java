/** Imports keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.transfer;

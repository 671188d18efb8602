/** Reads a request and writes its answer. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.aws.kms.request;

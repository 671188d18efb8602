/** The AWS KMS backend and the way to KMS; recognises the places of Amazon Web Services. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal;

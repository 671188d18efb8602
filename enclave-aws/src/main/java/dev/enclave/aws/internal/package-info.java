/** Recognises the places of Amazon Web Services. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal;

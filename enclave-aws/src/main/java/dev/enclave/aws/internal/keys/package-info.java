/** Enclave's keys as keys, aliases and tags of AWS KMS. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.keys;

/** The AWS KMS backend. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws;

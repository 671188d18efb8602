/** Detects whether the process runs on AWS. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.detect;

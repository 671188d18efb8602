/** Detects whether the process runs on Google Cloud. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.detect;

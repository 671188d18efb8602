/** Detects whether the process runs on Azure. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.detect;

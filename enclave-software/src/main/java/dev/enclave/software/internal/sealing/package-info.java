/** Sealed bytes, manifests and master keys in memory; no file is touched. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal.sealing;

/** Signs, seals, decrypts and reads attestations. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.use;

/** A ready-made backend over a store that keeps one sealed record a key. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.record;

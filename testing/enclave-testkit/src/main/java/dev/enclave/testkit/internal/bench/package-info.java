/** What the contracts of backends are written in, for this module alone. */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.internal.bench;

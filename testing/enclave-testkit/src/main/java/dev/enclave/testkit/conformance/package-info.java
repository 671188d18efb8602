/**
 * Runs the contracts of {@code dev.enclave.testkit.contract} against a backend that something opens
 * at run time, outside a build.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.conformance;

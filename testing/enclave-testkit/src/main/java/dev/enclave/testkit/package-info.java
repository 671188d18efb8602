/**
 * Fakes for what the engine takes as a parameter (time, environment, audit sink), a complete
 * backend in memory, and how a backend under test is opened.
 *
 * <p>{@link dev.enclave.testkit.InMemoryBackend} keeps every promise; {@code CloudShapedBackend} in
 * {@code dev.enclave.testkit.cloud} fails as a cloud's key service may.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit;

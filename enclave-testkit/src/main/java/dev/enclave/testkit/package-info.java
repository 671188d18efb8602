/**
 * Fakes for what the engine takes as a parameter (time, environment, audit sink) and two complete
 * backends: {@link dev.enclave.testkit.InMemoryBackend} and {@link
 * dev.enclave.testkit.cloud.CloudShapedBackend}, which behaves like a cloud key service on a bad
 * day.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit;

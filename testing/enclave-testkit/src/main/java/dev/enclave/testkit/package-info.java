/**
 * Fakes for what the engine takes as a parameter (time, environment, audit sink), a complete
 * backend in memory, and how a backend under test is opened.
 *
 * <p>The backend in memory is {@link dev.enclave.kit.record.RecordBackend} over records in memory;
 * {@code CloudShapedBackend} in {@code dev.enclave.testkit.cloud}, which shares no code with it,
 * fails as a cloud's key service may.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit;

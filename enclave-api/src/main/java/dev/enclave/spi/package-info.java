/**
 * What backend authors implement and the engine calls.
 *
 * <p>This package has what all of it is about: keys as a backend reads them, calls and their
 * failures, settings, time and secrets. Backends are in {@code dev.enclave.spi.backend}, where
 * {@code BackendProvider} and {@code SigningBackend} are to be read first; detectors are in {@code
 * dev.enclave.spi.detection}, and sinks of audit records in {@code dev.enclave.spi.audit}. A
 * backend makes one attempt and reports what happened; hashing, encodings, verification, retries,
 * deadlines, policy and audit are the engine's. Failures are {@link
 * dev.enclave.spi.BackendFailure}s.
 *
 * <p>{@code docs/write-a-backend.md} is the guide; {@code enclave-testkit} has the contract tests.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi;

/**
 * What backend authors implement and the engine calls.
 *
 * <p>Read {@link dev.enclave.spi.backend.BackendProvider} and {@link
 * dev.enclave.spi.backend.SigningBackend} first; what a backend can do beyond signing are the
 * capability interfaces ({@link dev.enclave.spi.backend.KeyLister}, {@link
 * dev.enclave.spi.backend.KeyRotator}, {@link dev.enclave.spi.backend.KeyStateChanger}, {@link
 * dev.enclave.spi.backend.KeyWrapper}, {@link dev.enclave.spi.backend.KeyAdopter}, {@link
 * dev.enclave.spi.backend.KeyImporter}, {@link dev.enclave.spi.backend.KeyExporter}, {@link
 * dev.enclave.spi.backend.Attester}). A backend makes one attempt and reports what happened;
 * hashing, encodings, verification, retries, deadlines, policy and audit are the engine's. Failures
 * are {@link dev.enclave.spi.BackendFailure}s.
 *
 * <p>{@code docs/write-a-backend.md} is the guide; {@code enclave-testkit} has the contract tests.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi;

/**
 * What a remote backend finds before it is opened: its settings, and whether this is a place for
 * it.
 *
 * <p>A provider reads its section with {@link dev.enclave.kit.setup.CheckedSettings} and answers
 * {@code BackendProvider.detect} by a constant {@link dev.enclave.kit.setup.Places}, which names
 * the service's detectors; those are a table, {@link dev.enclave.kit.setup.PlaceDetectors}. It
 * compares addresses as {@link dev.enclave.kit.setup.Origin}s, and refuses a process in which
 * {@link dev.enclave.kit.setup.HttpClients} or {@link dev.enclave.kit.setup.WireLogs} find a
 * setting of the JVM, or a logger, that would give away what is sent.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.setup;

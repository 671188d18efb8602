/**
 * What a remote backend finds before it is opened: its settings, read and checked, and whether this
 * is a place for it.
 *
 * <p>A provider reads its section with {@link dev.enclave.cloud.setup.CheckedSettings} and answers
 * {@code BackendProvider.detect} with a constant {@link dev.enclave.cloud.setup.Places}.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.cloud.setup;

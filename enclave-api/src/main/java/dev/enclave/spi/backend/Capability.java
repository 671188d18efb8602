package dev.enclave.spi.backend;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;

/**
 * Something that a backend can do, one interface for each. {@link SigningBackend#capability} says
 * which a backend has, and gives it.
 *
 * <p>Whatever holds of a backend's calls holds of its capabilities': one attempt per call, {@link
 * BackendFailure} and nothing else is thrown, thread-safe, {@link FailureCode#CLOSED} once the
 * backend is closed.
 */
public sealed interface Capability
    permits Attester,
        KeyAdopter,
        KeyCreator,
        KeyExporter,
        KeyImporter,
        KeyLister,
        KeyRewrapper,
        KeyRotator,
        KeySigner,
        KeyStateChanger,
        KeyWrapper,
        OrphanCollector,
        PermissionProber,
        Resealer {}

package dev.enclave;

/**
 * Something an application may hand to {@link EnclaveFactory.Builder#with}: a {@code
 * BackendProvider}, {@code EnvironmentDetector}, {@code EnvironmentSnapshot}, {@code AuditSink},
 * {@code AuditOutput} or {@code TimeSource} of {@code dev.enclave.spi}. A mark only, so that this
 * package need not know those.
 */
public interface EnclaveExtension {}

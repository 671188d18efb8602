package dev.enclave.core.internal.key.slot;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What one reading tells applications. */
record EngineKeyInfo(
    KeyHandle handle,
    KeyAlgorithm algorithm,
    List<KeyVersion> versions,
    Optional<KeyVersionId> activeVersion,
    Instant createdAt,
    Optional<Instant> lastRotatedAt,
    RotationInterval rotation,
    Optional<Instant> nextRotationAt,
    Optional<Instant> nextPublicationAt,
    String providerUri,
    StampReading stamp,
    boolean adopted,
    boolean exportable,
    Optional<KeyHandle> movedTo)
    implements KeyInfo {
  EngineKeyInfo {
    versions = List.copyOf(versions);
  }
}

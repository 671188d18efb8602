package dev.enclave;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a key at one moment. A snapshot: ask {@link ManagedKey#info()} again for news.
 *
 * @param handle the identity
 * @param algorithm the scheme
 * @param versions every version the backend knows, oldest first, destroyed ones included
 * @param activeVersion the version that signs or wraps; none while there is none
 * @param createdAt when the first version was made
 * @param lastRotatedAt when the newest version after the first was made; none if never rotated
 * @param nextRotationAt when a rotation is due; none if never
 * @param providerUri the provider's own name for the key
 * @param stamp what was read of the environment type the key was created for
 * @param adopted whether configuration adopted a key that something else had made
 * @param exportable whether the private key can leave the backend as an encrypted backup
 */
public record KeyInfo(
    KeyHandle handle,
    KeyAlgorithm algorithm,
    List<KeyVersion> versions,
    Optional<KeyVersionId> activeVersion,
    Instant createdAt,
    Optional<Instant> lastRotatedAt,
    Optional<Instant> nextRotationAt,
    String providerUri,
    StampReading stamp,
    boolean adopted,
    boolean exportable) {

  public KeyInfo {
    versions = List.copyOf(versions);
  }

  /** The key's name. */
  public KeyName name() {
    return handle.name();
  }

  /** What the key is for. */
  public KeyPurpose purpose() {
    return algorithm.purpose();
  }

  /** The version with this id, if there is one. */
  public Optional<KeyVersion> version(KeyVersionId id) {
    return versions.stream().filter(v -> v.id().equals(id)).findFirst();
  }

  /** The active version, if there is one. */
  public Optional<KeyVersion> active() {
    return activeVersion.flatMap(this::version);
  }

  /** The weakest assurance among versions that are not destroyed. */
  public Assurance assurance() {
    return versions.stream()
        .filter(v -> v.state() != KeyState.DESTROYED)
        .map(KeyVersion::assurance)
        .min(Assurance::compareTo)
        .orElse(Assurance.PLAINTEXT);
  }
}

package dev.enclave.auditlog.records;

import dev.enclave.BackendId;
import dev.enclave.Fingerprint;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which versions an audit log says were destroyed, each by its public key: a key that is made anew
 * under a name has versions of the same ids. Immutable.
 */
public final class DestroyedVersions {

  public static final DestroyedVersions NONE = new DestroyedVersions(Map.of());

  /**
   * What a version is called.
   *
   * @param backend its id
   * @param authority where the backend keeps its keys
   */
  public record Place(String backend, String authority, String key, String version) {}

  private final Map<Place, Map<Fingerprint, Instant>> destroyed;

  /**
   * @param destroyed when each was destroyed, by the SHA-256 of its public key
   */
  public DestroyedVersions(Map<Place, Map<Fingerprint, Instant>> destroyed) {
    Map<Place, Map<Fingerprint, Instant>> copy = new HashMap<>();
    destroyed.forEach((place, keys) -> copy.put(place, Map.copyOf(keys)));
    this.destroyed = copy;
  }

  /** When the version was destroyed; none if the log does not say that it was. */
  public Optional<Instant> at(
      BackendId backend, String authority, KeyName key, KeyVersion version) {
    if (destroyed.isEmpty() || version.publicKey().isEmpty()) {
      return Optional.empty();
    }
    Map<Fingerprint, Instant> keys =
        destroyed.get(new Place(backend.value(), authority, key.value(), version.id().value()));
    return keys == null
        ? Optional.empty()
        : Optional.ofNullable(keys.get(version.publicKey().get().fingerprint()));
  }
}

package dev.enclave;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a key at one moment. A snapshot: ask {@link EnclaveKey#info()} again for news.
 *
 * @param handle the identity
 * @param algorithm the scheme
 * @param versions every version the backend knows, oldest first, destroyed ones included
 * @param active the version that signs or wraps; none while there is none
 * @param createdAt when the first version was made
 * @param lastRotatedAt when the active version became active, or the newest one where none is
 *     active; where the backend does not tell, when it was made; none if that is the first
 * @param rotation how often the key is due for rotation, as stored with it; {@code NEVER} for an
 *     adopted key; {@link dev.enclave.admin.ManagedKey#changeRotation} changes it
 * @param nextRotationAt when the next version is to become active, none if never. Of a key whose
 *     next versions are published ahead ({@code enclave.rotation.publish-ahead}) this is never
 *     earlier than that time after the publication. An open Enclave rotates it then, within the
 *     window of docs/rotation.md, if {@code enclave.rotation.automatic} is on; else it is due then
 *     for {@link dev.enclave.admin.Administration#rotateDue()}. Of a key without an active version
 *     this is when it was or would be due: nothing rotates such a key.
 * @param nextPublicationAt when the next version is to be made and published; none if nothing is
 *     published ahead, or it is published already and is the version in state PENDING
 * @param providerUri the provider's own name for the key
 * @param stamp what was read of the environment type the key was created for
 * @param adopted whether configuration adopted a key that something else had made
 * @param exportable whether the private key can leave the backend as an encrypted backup
 * @param movedTo the key that this one was migrated to, as far as its backend records it
 */
public record KeyInfo(
    KeyHandle handle,
    KeyAlgorithm algorithm,
    List<KeyVersion> versions,
    Optional<KeyVersion> active,
    Instant createdAt,
    Optional<Instant> lastRotatedAt,
    RotationInterval rotation,
    Optional<Instant> nextRotationAt,
    Optional<Instant> nextPublicationAt,
    String providerUri,
    StampReading stamp,
    boolean adopted,
    boolean exportable,
    Optional<KeyHandle> movedTo) {

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
    return versions.stream().filter(version -> version.id().equals(id)).findFirst();
  }

  /** The weakest assurance among versions that are not destroyed. */
  public Assurance assurance() {
    return versions.stream()
        .filter(v -> v.state() != KeyState.DESTROYED)
        .map(KeyVersion::assurance)
        .min(Assurance::compareTo)
        .orElse(Assurance.PLAINTEXT);
  }

  /**
   * What a reading of a key found of its environment stamp, the environment type that the key was
   * made for. A stamp that could not be read is not a missing one: it may name any environment
   * type.
   *
   * <p>{@code toString} returns the environment type's name, {@code none}, or {@code unreadable}
   * with the reason.
   */
  public sealed interface StampReading {

    /**
     * The key carries a stamp.
     *
     * @param environment the environment type that the stamp names
     */
    record Stamped(EnvironmentType environment) implements StampReading {
      @Override
      public String toString() {
        return environment.name();
      }
    }

    /** The stamp was looked for where it is kept, and the key carries none. */
    record Unstamped() implements StampReading {
      @Override
      public String toString() {
        return "none";
      }
    }

    /**
     * Whether the key carries a stamp is not known.
     *
     * @param reason what was observed: a clause without a full stop, which names the permission
     *     that is missing, if one is; the same for the same cause
     * @param remedy what makes the stamp readable: an imperative clause without a full stop
     */
    record Unreadable(String reason, String remedy) implements StampReading {
      @Override
      public String toString() {
        return "unreadable: " + reason;
      }
    }

    /** The key carries the stamp of {@code environment}. */
    static StampReading of(EnvironmentType environment) {
      return new Stamped(environment);
    }

    /** The key carries no stamp. */
    static StampReading none() {
      return new Unstamped();
    }

    /** A complete reading, which found this or nothing. */
    static StampReading found(Optional<EnvironmentType> stamp) {
      return stamp.map(StampReading::of).orElseGet(StampReading::none);
    }

    /** The stamp could not be read; see {@link Unreadable}. */
    static StampReading unreadable(String reason, String remedy) {
      return new Unreadable(reason, remedy);
    }
  }
}

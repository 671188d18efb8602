package dev.enclave.spi;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.spi.backend.KeyImporter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A whole key outside its backend, private halves included: what {@link KeyExporter} gives out and
 * {@link KeyImporter} takes in. The engine encrypts it; nothing else ever stores it. Whoever was
 * given it closes it, which overwrites every private half.
 *
 * @param name its name
 * @param algorithm its scheme
 * @param rotation as stored with the key
 * @param stamp the environment type bound to the key; none if it carries none
 * @param versions oldest first, destroyed ones included, so that no id is given twice and the first
 *     public key, which handles name, stays; at least one, ids unique, at most one active
 */
public record ExportedKey(
    KeyName name,
    KeyAlgorithm algorithm,
    RotationInterval rotation,
    Optional<EnvironmentType> stamp,
    List<Version> versions)
    implements AutoCloseable {

  /**
   * One version.
   *
   * @param id the backend's id of it
   * @param state where in its life it is
   * @param createdAt when the private key was made
   * @param publicKey the public half; none for a symmetric key, or for a destroyed version whose
   *     public key is not known any more
   * @param material DER PKCS#8 (RFC 5958), for AES the 32 raw bytes; none exactly when DESTROYED
   */
  public record Version(
      KeyVersionId id,
      KeyState state,
      Instant createdAt,
      Optional<PublicKeyInfo> publicKey,
      Optional<SecretBytes> material) {

    /**
     * @throws IllegalArgumentException when a destroyed version has material or another has none
     */
    public Version {
      if (material.isPresent() == (state == KeyState.DESTROYED)) {
        throw new IllegalArgumentException(
            "version "
                + id
                + " is "
                + state
                + (material.isPresent() ? " with" : " without")
                + " its private key");
      }
    }

    /** A version. */
    public static Version of(
        KeyVersionId id,
        KeyState state,
        Instant createdAt,
        Optional<PublicKeyInfo> publicKey,
        Optional<SecretBytes> material) {
      return new Version(id, state, createdAt, publicKey, material);
    }
  }

  /**
   * @throws IllegalArgumentException when there is no version, two share an id, two are active, or
   *     a public key is of another algorithm
   */
  public ExportedKey {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("key " + name + " has no version");
    }
    if (versions.stream().map(Version::id).distinct().count() != versions.size()) {
      throw new IllegalArgumentException("key " + name + " has two versions of one id");
    }
    if (versions.stream().filter(v -> v.state() == KeyState.ACTIVE).count() > 1) {
      throw new IllegalArgumentException("key " + name + " has two active versions");
    }
    for (Version version : versions) {
      if (version.publicKey().filter(key -> key.algorithm() != algorithm).isPresent()) {
        throw new IllegalArgumentException(
            "version " + version.id() + " of key " + name + " is not of " + algorithm);
      }
    }
  }

  /** Overwrites every private half. Idempotent. */
  @Override
  public void close() {
    versions.forEach(version -> version.material().ifPresent(SecretBytes::close));
  }

  /** A whole key. */
  public static ExportedKey of(
      KeyName name,
      KeyAlgorithm algorithm,
      RotationInterval rotation,
      Optional<EnvironmentType> stamp,
      List<Version> versions) {
    return new ExportedKey(name, algorithm, rotation, stamp, versions);
  }
}

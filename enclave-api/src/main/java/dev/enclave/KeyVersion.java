package dev.enclave;

import java.time.Instant;
import java.util.Optional;

/**
 * One generation of a key, as the backend reports it.
 *
 * @param id the backend's id of the version
 * @param state where in its life the version is
 * @param createdAt when the private key was made
 * @param publicKey the public half; none for a symmetric key, for a version still being generated,
 *     or for a destroyed one whose public key the backend no longer has
 * @param assurance how well the private key is protected
 * @param origin where the private key came from
 * @param providerUri the provider's own name for the version (an ARN, a key URL, a resource name, a
 *     file), never empty
 */
public record KeyVersion(
    KeyVersionId id,
    KeyState state,
    Instant createdAt,
    Optional<PublicKeyInfo> publicKey,
    Assurance assurance,
    KeyOrigin origin,
    String providerUri) {

  /** The same version in another state. */
  public KeyVersion withState(KeyState newState) {
    return new KeyVersion(id, newState, createdAt, publicKey, assurance, origin, providerUri);
  }
}

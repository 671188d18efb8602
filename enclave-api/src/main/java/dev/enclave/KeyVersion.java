package dev.enclave;

import java.time.Instant;
import java.util.Optional;

/**
 * One generation of a key, as the backend reports it.
 *
 * @param id the backend's id of the version
 * @param state where in its life the version is
 * @param createdAt when the private key was made
 * @param activatedAt when it last became the version that signs or wraps, by the clock of whoever
 *     made it so; none if it never did, or the backend does not tell
 * @param publicKey the public half; none for a symmetric key, for a version still being generated,
 *     or for a destroyed one whose public key the backend no longer has
 * @param publicKeyFault what the backend answered in place of a public key of the key's algorithm,
 *     if it did; such a version neither signs, seals nor verifies, and can be looked at, switched
 *     off and destroyed
 * @param assurance how well the private key is protected
 * @param origin where the private key came from
 * @param providerUri the provider's own name for the version (an ARN, a key URL, a resource name, a
 *     file), never empty
 */
public record KeyVersion(
    KeyVersionId id,
    KeyState state,
    Instant createdAt,
    Optional<Instant> activatedAt,
    Optional<PublicKeyInfo> publicKey,
    Optional<String> publicKeyFault,
    Assurance assurance,
    KeyOrigin origin,
    String providerUri) {

  /**
   * Verifies signatures of this version, without its backend: none for a key that wraps, and where
   * there is no public key. It knows nothing of the state: that of a version which verifies is
   * {@link KeyState#mayConsume()}.
   */
  public Optional<SignatureVerifier> verifier() {
    return publicKey
        .filter(key -> key.algorithm() instanceof SigningAlgorithm)
        .map(SignatureVerifier::of);
  }

  /** The same version in another state. */
  public KeyVersion withState(KeyState newState) {
    return new KeyVersion(
        id,
        newState,
        createdAt,
        activatedAt,
        publicKey,
        publicKeyFault,
        assurance,
        origin,
        providerUri);
  }

  /** A version without a public key, protected by software, of unknown origin. */
  public static KeyVersion of(
      KeyVersionId id, KeyState state, Instant createdAt, String providerUri) {
    return new KeyVersion(
        id,
        state,
        createdAt,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Assurance.SOFTWARE,
        KeyOrigin.UNKNOWN,
        providerUri);
  }

  /** The same version with another id. */
  public KeyVersion withId(KeyVersionId other) {
    return new KeyVersion(
        other,
        state,
        createdAt,
        activatedAt,
        publicKey,
        publicKeyFault,
        assurance,
        origin,
        providerUri);
  }

  /** The same version made at another time. */
  public KeyVersion withCreatedAt(Instant other) {
    return new KeyVersion(
        id, state, other, activatedAt, publicKey, publicKeyFault, assurance, origin, providerUri);
  }

  /** The same version that became active then. */
  public KeyVersion withActivatedAt(Optional<Instant> other) {
    return new KeyVersion(
        id, state, createdAt, other, publicKey, publicKeyFault, assurance, origin, providerUri);
  }

  /** The same version with this public key, or none. */
  public KeyVersion withPublicKey(Optional<PublicKeyInfo> other) {
    return new KeyVersion(
        id, state, createdAt, activatedAt, other, Optional.empty(), assurance, origin, providerUri);
  }

  /** The same version, for which the backend answered something else than a public key. */
  public KeyVersion withPublicKeyFault(String observed) {
    return new KeyVersion(
        id,
        state,
        createdAt,
        activatedAt,
        Optional.empty(),
        Optional.of(observed),
        assurance,
        origin,
        providerUri);
  }

  /** The same version protected otherwise. */
  public KeyVersion withAssurance(Assurance other) {
    return new KeyVersion(
        id, state, createdAt, activatedAt, publicKey, publicKeyFault, other, origin, providerUri);
  }

  /** The same version of another origin. */
  public KeyVersion withOrigin(KeyOrigin other) {
    return new KeyVersion(
        id,
        state,
        createdAt,
        activatedAt,
        publicKey,
        publicKeyFault,
        assurance,
        other,
        providerUri);
  }

  /** The same version under another name of the provider. */
  public KeyVersion withProviderUri(String other) {
    return new KeyVersion(
        id, state, createdAt, activatedAt, publicKey, publicKeyFault, assurance, origin, other);
  }
}

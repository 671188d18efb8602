package dev.enclave;

import java.time.Instant;
import java.util.List;

/**
 * Verifies signatures that a companion made while the key's backend did not answer. Whoever uses it
 * accepts them; {@link SigningKey#verify}, {@link SignatureVerifier} and {@link PublicKeySet} do
 * not. Needs no backend. Immutable and thread-safe.
 */
public final class FallbackVerifier {

  private final KeyHandle key;
  private final PublicKeySet keys;
  private final String deployment;

  private FallbackVerifier(KeyHandle key, PublicKeySet keys, String deployment) {
    this.key = key;
    this.keys = keys;
    this.deployment = deployment;
  }

  /**
   * Accepts companions of one key in one deployment.
   *
   * @param key the key in whose place companions sign
   * @param keys the public keys of its versions that count, under the key ids that {@link
   *     SigningKey#publicKeys()} gives them
   * @param deployment as {@code enclave.fallback.deployment} of the service that signs
   */
  public static FallbackVerifier of(KeyHandle key, PublicKeySet keys, String deployment) {
    return new FallbackVerifier(key, keys, deployment);
  }

  /**
   * Whether {@code signature} is a companion's over {@code input}, and the companion's endorsement
   * is by a version of this key, for this deployment, and valid at {@code at}. Of a signature that
   * the key itself made the answer is {@code false}: {@link SigningKey#verify} verifies that.
   *
   * @param at when the signature was made, as far as the verifier knows by itself: the time at which
   *     it arrived, never one that the signer states
   */
  public boolean verify(SigningInput input, SignatureValue signature, Instant at) {
    return signature
        .byFallback()
        .filter(endorsement -> names(endorsement, signature))
        .filter(endorsement -> endorsement.covers(at))
        .filter(this::endorsed)
        .map(endorsement -> SignatureVerifier.of(endorsement.companionKey()))
        .filter(verifier -> verifier.verify(input, signature))
        .isPresent();
  }

  private boolean names(FallbackEndorsement endorsement, SignatureValue signature) {
    return endorsement.key().equals(key)
        && endorsement.deployment().equals(deployment)
        && endorsement.companion().equals(signature.key())
        && endorsement.companionVersion().equals(signature.version());
  }

  private boolean endorsed(FallbackEndorsement endorsement) {
    SignatureValue word = endorsement.signature();
    List<PublicKeyInfo> named =
        keys.entries().stream()
            .filter(entry -> entry.keyId().equals(word.keyId()))
            .map(PublicKeySet.Entry::key)
            .toList();
    return named.stream()
        .map(SignatureVerifier::of)
        .anyMatch(verifier -> verifier.verify(endorsement.message(), word));
  }
}

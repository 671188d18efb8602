package dev.enclave;

import java.util.List;

/**
 * The public keys a signature may verify against: all versions of a key, or the keys of a JWK set
 * (RFC 7517 §5). Immutable.
 *
 * @param entries in the order of preference
 */
public record PublicKeySet(List<Entry> entries) {

  /**
   * One key of a set.
   *
   * @param keyId the JWK {@code kid}; empty if there is none
   * @param key the key
   */
  public record Entry(String keyId, PublicKeyInfo key) {}

  public PublicKeySet {
    entries = List.copyOf(entries);
  }

  /**
   * Reads a JWK set. Members of kinds we do not know are passed over (RFC 7517 §5); a malformed key
   * of a known kind is an error.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when {@code json} is not a JWK
   *     set, or none of its keys can be used
   */
  public static PublicKeySet fromJwks(String json) {
    return PublicKeyEngine.get().parseJwks(json);
  }

  /** A JWK set as compact JSON. */
  public String toJwks() {
    return PublicKeyEngine.get().toJwks(this);
  }

  /**
   * Whether any key of the set that takes this input and encoding verifies the signature.
   *
   * @param encoding the layout; keys whose algorithm does not have it are passed over
   */
  public boolean verify(SigningInput input, byte[] signature, SignatureEncoding encoding) {
    return entries.stream()
        .map(Entry::key)
        .filter(key -> key.algorithm().hasEncoding(encoding) && takes(key.algorithm(), input))
        .anyMatch(key -> SignatureVerifier.of(key).verify(input, signature, encoding));
  }

  private static boolean takes(KeyAlgorithm algorithm, SigningInput input) {
    if (algorithm.purpose() != KeyPurpose.SIGN) {
      return false;
    }
    return input instanceof Message
        || algorithm.digest().filter(((Digest) input).algorithm()::equals).isPresent();
  }
}

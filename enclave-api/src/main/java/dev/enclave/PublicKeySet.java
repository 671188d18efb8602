package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The public keys a signature may verify against: all versions of a key, or the keys of a JWK set
 * (RFC 7517 §5). Immutable.
 *
 * @param entries in the order of preference
 * @param ignored what a JWK set held besides and cannot be used, in the order of the set
 */
public record PublicKeySet(List<Entry> entries, List<Ignored> ignored) {

  /**
   * One key of a set.
   *
   * @param keyId the JWK {@code kid}; empty if there is none
   * @param key the key
   */
  public record Entry(String keyId, PublicKeyInfo key) {}

  /**
   * A member of a JWK set that is not used. Its {@code toString} quotes the key id, which somebody
   * else wrote.
   *
   * @param position where it is in the array {@code keys}, counted from 0
   * @param keyId the JWK {@code kid} as it was written; empty if there is none, or it is no text
   * @param reason what is wrong with the member and what to do, in one line without key material
   */
  public record Ignored(int position, String keyId, String reason) {

    @Override
    public String toString() {
      return Texts.IGNORED_KEY.with(position, Quoted.of(keyId), reason);
    }
  }

  public PublicKeySet {
    entries = List.copyOf(entries);
    ignored = List.copyOf(ignored);
  }

  /** A set of which nothing was ignored. */
  public PublicKeySet(List<Entry> entries) {
    this(entries, List.of());
  }

  /**
   * Reads a JWK set whose keys say what they are for: an elliptic curve by {@code crv}, an RSA key
   * by {@code alg}.
   *
   * @see #fromJwks(String, Set)
   */
  public static PublicKeySet fromJwks(String json) {
    return fromJwks(json, Set.of());
  }

  /**
   * Reads a JWK set. A member that cannot be used is ignored (RFC 7517 §5) and listed in {@link
   * #ignored()}: one of a kind or for an algorithm that Enclave does not have, malformed, weak, or
   * with a private or secret key.
   *
   * @param json at most 262,144 characters and 64 keys
   * @param defaults the algorithms of keys that do not say theirs, for example {@code
   *     RSA_PKCS1_2048_SHA256} for an issuer that publishes RSA keys without {@code alg} and signs
   *     by RS256. A key takes the one that fits its kind, curve, size and use; it is ignored if
   *     none or several do. Keys that say their algorithm keep it.
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when {@code json} is not a JWK
   *     set, or none of its keys can be used
   */
  public static PublicKeySet fromJwks(String json, Set<? extends KeyAlgorithm> defaults) {
    return PublicKeyEngine.get().parseJwks(json, defaults);
  }

  /** A JWK set as compact JSON, without what was {@link #ignored()}. */
  public String toJwks() {
    return PublicKeyEngine.get().toJwks(this);
  }

  /**
   * The key of this id (RFC 7517 §4.5). The same key twice under one id counts as one.
   *
   * @param keyId compared character by character
   * @return none when no usable key has this id, or {@code keyId} is empty
   * @throws UsageException ({@link ErrorCode#AMBIGUOUS_KEY_ID}) when different keys have this id;
   *     {@link #verify} still tries all keys of the set
   */
  public Optional<PublicKeyInfo> byKeyId(String keyId) {
    List<PublicKeyInfo> found =
        entries.stream()
            .filter(entry -> !keyId.isEmpty() && entry.keyId().equals(keyId))
            .map(Entry::key)
            .distinct()
            .toList();
    if (found.size() > 1) {
      throw Texts.SEVERAL_KEYS_OF_ID.as(ErrorCode.AMBIGUOUS_KEY_ID, found.size(), Quoted.of(keyId));
    }
    return found.stream().findFirst();
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

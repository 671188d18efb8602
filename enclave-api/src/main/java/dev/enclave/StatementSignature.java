package dev.enclave;

import java.util.Set;

/**
 * The signature of a statement key: a key of a backend whose name is reserved, so that it signs
 * nothing but what Enclave itself states.
 *
 * @param key the fingerprint of the statement key's public key, as the signature claims
 * @param signature over the text of the statement, in the default encoding of the statement key's
 *     algorithm
 */
public record StatementSignature(Fingerprint key, Bytes signature) {

  /** Whether it is over {@code statement} and by one of these keys. */
  public boolean isBy(Set<PublicKeyInfo> statementKeys, Message statement) {
    return statementKeys.stream()
        .filter(candidate -> candidate.fingerprint().equals(key))
        .anyMatch(
            by ->
                SignatureVerifier.of(by)
                    .verify(statement, signature, by.algorithm().defaultEncoding()));
  }

  /**
   * What is known of a statement that a key signed as well.
   *
   * @param signedWithKey whether the key's signature verifies
   * @param statementKeys the statement keys that the verifier believes; without any nobody is told
   *     that a statement is Enclave's
   */
  public StatementVerdict verdict(
      boolean signedWithKey, Set<PublicKeyInfo> statementKeys, Message statement) {
    if (!signedWithKey) {
      return StatementVerdict.INVALID;
    }
    if (statementKeys.isEmpty()) {
      return StatementVerdict.SIGNED_WITH_KEY;
    }
    return isBy(statementKeys, statement) ? StatementVerdict.BY_ENCLAVE : StatementVerdict.INVALID;
  }
}

package dev.enclave.admin;

import dev.enclave.Fingerprint;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.SignatureVerifier.StatementVerdict;
import dev.enclave.internal.StatementText;
import java.time.Instant;
import java.util.Set;

/**
 * The signed word that another version of a key succeeds the old one: by the old version, so that
 * whoever trusts its public key can trust the new one, and by the statement key, which shows that
 * Enclave wrote it and no caller of the key.
 *
 * @param key the key
 * @param from the version that signed
 * @param to its successor
 * @param toFingerprint the successor's public key
 * @param at when the statement was made
 * @param signature over {@link #message()}, by {@code from}
 * @param byEnclave over {@link #message()}, by the statement key of the authority that the key lies
 *     at
 */
public record SuccessionStatement(
    KeyHandle key,
    KeyVersionId from,
    KeyVersionId to,
    Fingerprint toFingerprint,
    Instant at,
    SignatureValue signature,
    StatementSignature byEnclave) {

  /**
   * Checks both signatures.
   *
   * @param old the public key of {@code from}, from somewhere that the verifier trusts
   * @param statementKeys the statement keys that the verifier believes; none if it knows none
   * @return {@link StatementVerdict#SIGNED_WITH_KEY} without a statement key, never more: whoever
   *     may have the key sign texts of their choice could have made the statement
   */
  public StatementVerdict verdict(PublicKeyInfo old, Set<PublicKeyInfo> statementKeys) {
    boolean signed =
        signature.key().equals(key)
            && signature.version().equals(from)
            && SignatureVerifier.of(old).verify(message(), signature);
    return byEnclave.verdict(signed, statementKeys, message());
  }

  /** The signed text of this statement. */
  public Message message() {
    return messageOf(key, from, to, toFingerprint, at);
  }

  /**
   * The text that is signed, UTF-8: the lines {@code enclave-statement-v1} and {@code succession},
   * then handle, old version, new version, new fingerprint and time (ISO 8601, UTC), each on a line
   * of its own, every line ended by LF.
   */
  public static Message messageOf(
      KeyHandle key, KeyVersionId from, KeyVersionId to, Fingerprint toFingerprint, Instant at) {
    return StatementText.of(
        StatementText.Kind.SUCCESSION,
        key.toString(),
        from.value(),
        to.value(),
        toFingerprint.toString(),
        at.toString());
  }
}

package dev.enclave.admin;

import dev.enclave.Fingerprint;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import java.time.Instant;

/**
 * The old version's signed word that another version succeeds it. Whoever trusts the old public key
 * can verify {@link #message()} with it and then trust the new one.
 *
 * @param key the key
 * @param from the version that signed
 * @param to its successor
 * @param toFingerprint the successor's public key
 * @param at when the statement was made
 * @param signature over {@link #message()}, by {@code from}
 */
public record SuccessionStatement(
    KeyHandle key,
    KeyVersionId from,
    KeyVersionId to,
    Fingerprint toFingerprint,
    Instant at,
    SignatureValue signature) {

  /** The signed text of this statement. */
  public Message message() {
    return messageOf(key, from, to, toFingerprint, at);
  }

  /**
   * The text that is signed, UTF-8: the line {@code enclave-succession-v1}, then handle, old
   * version, new version, new fingerprint and time (ISO 8601, UTC), each on a line of its own,
   * every line ended by LF.
   */
  public static Message messageOf(
      KeyHandle key, KeyVersionId from, KeyVersionId to, Fingerprint toFingerprint, Instant at) {
    return Message.ofUtf8(
        String.join(
            "\n",
            "enclave-succession-v1",
            key.toString(),
            from.value(),
            to.value(),
            toFingerprint.toString(),
            at.toString(),
            ""));
  }
}

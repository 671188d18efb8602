package dev.enclave.emulators.wire;

import java.time.Instant;
import java.util.Optional;

/**
 * One request and what became of it.
 *
 * @param requestId the id that the answer carried; where the service gives none, the client's
 * @param time when the request arrived, by the server's clock
 * @param operation the operation's own name; empty if the request named none
 * @param keyId the service's own id of the key in question
 * @param principal who asked, where that was established
 * @param status the HTTP status sent, or 0 if none was
 * @param error the name of the error sent
 * @param fate how much of the answer the client was given
 * @param applied whether the service carried the request out and succeeded, whatever was sent
 * @param fault what was done to the request on purpose
 */
public record JournalEntry(
    String requestId,
    Instant time,
    String operation,
    Optional<String> keyId,
    Optional<String> principal,
    int status,
    Optional<String> error,
    Fate fate,
    boolean applied,
    Optional<String> fault) {

  /** How much of an answer was sent. */
  public enum Fate {
    /** All of it. */
    ANSWERED,
    /** Its head and a part of its body. */
    TRUNCATED,
    /** None: the connection was reset. */
    RESET
  }
}

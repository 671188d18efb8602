package dev.enclave.spi.audit;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One thing that was done, or is about to be. Holds no key material, no message and no digest.
 *
 * @param operationId joins the intent and the outcome of one operation
 * @param phase whether it is about to happen or has
 * @param at when
 * @param operation what
 * @param caller on whose behalf
 * @param key the key's name, if there is one
 * @param version the key version, if known
 * @param backend the backend, if there is one
 * @param result how it ended; for an intent {@code PENDING}
 * @param errorCode why it failed, if it did
 * @param providerRequestId the provider's id of the request, if it gave one
 * @param duration how long it took; zero for an intent
 * @param details more, by name, sorted
 */
public record AuditEvent(
    String operationId,
    Phase phase,
    Instant at,
    Operation operation,
    String caller,
    Optional<KeyName> key,
    Optional<KeyVersionId> version,
    Optional<BackendId> backend,
    Result result,
    Optional<ErrorCode> errorCode,
    Optional<String> providerRequestId,
    Duration duration,
    Map<String, String> details) {

  /** Where in an operation the event stands. */
  public enum Phase {
    /** About to happen; an OUTCOME with the same operation id follows. */
    INTENT,
    /** Has happened; an INTENT came before. */
    OUTCOME,
    /** Has happened, locally; no INTENT came before. */
    SINGLE
  }

  /** What is audited. */
  public enum Operation {
    /** A process, or part of one, began to use keys. */
    START,
    /** It ended, and nothing of it follows. A process that was killed leaves none. */
    STOP,
    CREATE,
    SIGN,
    /** Recorded if it was refused, or the signature was not valid. */
    VERIFY,
    SEAL,
    UNSEAL,
    DECRYPT,
    /** The next version of a key was made and published, and does not sign yet. */
    PUBLISH,
    ROTATE,
    /** An older version signs again in place of the active one. */
    REINSTATE,
    CHANGE_STATE,
    CHANGE_INTERVAL,
    RESEAL,
    /** An operation was kept for later, or one that was kept ended, or was refused. */
    DEFER,
    DISCARD,
    ADOPT,
    /** A version that nobody of Enclave's made was seen: once in a process. */
    OBSERVE,
    BACKUP,
    RESTORE,
    /** A key was migrated to another backend. */
    MIGRATE,
    /** What the hardware certifies was asked for; recorded if it was refused. */
    ATTEST,
    /** A key, or what is known of it, was looked up; recorded if it was refused. */
    LOOK_UP,
    /** Keys or orphans were listed; recorded if it was refused. */
    LIST
  }

  /** How it ended. */
  public enum Result {
    PENDING,
    SUCCESS,
    /** Policy or caller's mistake: the backend was asked for a reading at most. */
    REFUSED,
    FAILURE,
    /** The request may or may not have been carried out. */
    UNKNOWN
  }

  /**
   * Whether it has the public key of a version: of the one that it is on in {@code publicKey}, or
   * of the next one in {@code nextPublicKey}. Where the backend answered something else in its
   * place, {@code publicKeyFault} says so, and the record has none.
   *
   * @param authority the backend's, which stands beside it
   */
  public boolean hasPublicKey(
      BackendId ofBackend, String authority, KeyName ofKey, KeyVersionId ofVersion) {
    boolean own = version.equals(Optional.of(ofVersion)) && details.containsKey("publicKey");
    boolean next =
        ofVersion.value().equals(details.get("next")) && details.containsKey("nextPublicKey");
    return backend.equals(Optional.of(ofBackend))
        && authority.equals(details.get("authority"))
        && key.equals(Optional.of(ofKey))
        && (own || next);
  }

  public AuditEvent {
    details =
        details.isEmpty()
            ? Map.of()
            : java.util.Collections.unmodifiableMap(new TreeMap<>(details));
  }
}

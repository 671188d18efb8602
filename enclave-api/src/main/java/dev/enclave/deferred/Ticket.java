package dev.enclave.deferred;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.SignatureValue;
import dev.enclave.error.ErrorCode;
import java.time.Instant;
import java.util.Optional;

/**
 * A deferred operation as it was when it was last looked at. Its {@link #id()} is a text to be
 * stored; {@link DeferredOperations#find} tells by it, in any process, what has become of it since.
 *
 * @param id names the ticket, and is the operation id of every audit record about it
 * @param kind what is to be done
 * @param status how far it is
 * @param caller on whose behalf
 * @param key the key's name
 * @param submitted when it was stored, by the database's clock
 * @param expires when it ends if it has not been done by then
 * @param nextAttempt an estimate of the next attempt; none once it has ended
 * @param attempts how often it was tried
 * @param result the text form of the result, once it is done
 * @param error why the last attempt failed, if one did
 */
public record Ticket(
    String id,
    Kind kind,
    Status status,
    String caller,
    KeyName key,
    Instant submitted,
    Instant expires,
    Optional<Instant> nextAttempt,
    int attempts,
    Optional<String> result,
    Optional<ErrorCode> error) {

  /** What is deferred. */
  public enum Kind {
    /** A signature; the result is a {@link SignatureValue}. */
    SIGN,
    /** A key to be made; the result is its {@link KeyHandle}. */
    CREATE,
    /** A rotation; the result is the {@link KeyVersionId} of the new version. */
    ROTATE
  }

  /** How far a ticket is. */
  public enum Status {
    /** To be tried, again or for the first time. */
    WAITING,
    /** Being tried. */
    RUNNING,
    /** Done: there is a result. */
    DONE,
    /** Tried, and refused for good. */
    FAILED,
    /** Not done in time; it is not tried any more. */
    EXPIRED,
    /** Given up by whoever asked for it. */
    CANCELLED;

    /** Whether nothing comes after it. */
    public boolean ended() {
      return this != WAITING && this != RUNNING;
    }
  }

  /** The signature, if this is a ticket for one and it is done. */
  public Optional<SignatureValue> signature() {
    return resultOf(Kind.SIGN).map(SignatureValue::parse);
  }

  /** The handle of the key, if this is a ticket for one and it is done. */
  public Optional<KeyHandle> created() {
    return resultOf(Kind.CREATE).map(KeyHandle::parse);
  }

  /** The version that took over, if this is a ticket for a rotation and it is done. */
  public Optional<KeyVersionId> rotatedTo() {
    return resultOf(Kind.ROTATE).map(KeyVersionId::new);
  }

  private Optional<String> resultOf(Kind wanted) {
    return kind == wanted ? result : Optional.empty();
  }
}

package dev.enclave.spi.deferral;

import dev.enclave.KeyName;
import dev.enclave.deferred.Ticket;
import java.util.Optional;

/**
 * An operation as it is kept.
 *
 * @param ticket the id of the ticket, under which it is carried out
 * @param kind what is to be done
 * @param caller on whose behalf
 * @param name the key's name
 * @param key the key's handle, or its name where there is no key yet; operations of one key are
 *     carried out one after the other
 * @param content everything else, in the engine's own text format
 * @param confidential whether the content is to be encrypted at rest
 * @param idempotencyKey the caller's, if one was given
 */
public record StoredOperation(
    String ticket,
    Ticket.Kind kind,
    String caller,
    KeyName name,
    String key,
    String content,
    boolean confidential,
    Optional<String> idempotencyKey) {

  /** What the other one is, apart from its id. */
  public boolean sameAs(StoredOperation other) {
    return kind == other.kind
        && caller.equals(other.caller)
        && key.equals(other.key)
        && content.equals(other.content);
  }

  /** Without its content. */
  @Override
  public String toString() {
    return "StoredOperation[" + ticket + ", " + kind + ", " + name + "]";
  }
}

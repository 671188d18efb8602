package dev.enclave.kit.key;

import dev.enclave.KeyName;
import dev.enclave.PublicKeyInfo;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service of single private keys with tags, where a name can be given to a key once: of several
 * who try, one succeeds. Whoever makes the next numbered name has decided. Example: aliases of AWS
 * KMS. A name, as the tags, may vanish with the key that it names; the ledger leaves word of it
 * with the key's other versions before it removes one, and takes no older version for active if
 * somebody else removes it.
 */
public interface AliasService extends TaggedService {

  /** What a name says of the private key that it names. */
  enum Kind {
    /** It is the version of that number, from 1. */
    VERSION,
    /** It was the one of that number to become active, from 2: the first is version 1. */
    ACTIVATION
  }

  /** A name: that the private key it names is such a one of that key of Enclave's. */
  record Name(KeyName key, Kind kind, int number) {}

  /**
   * The private key that a name names, with its tags. Two requests at most.
   *
   * @throws BackendFailure {@link dev.enclave.spi.FailureCode#NOT_FOUND}, transient, when the name
   *     is there and its key or the key's tags are not to be seen yet; {@link
   *     dev.enclave.spi.FailureCode#CORRUPT} when what it names is for good no version of this key
   */
  Optional<ServiceKey> find(Name name, CallContext call) throws BackendFailure;

  /** The id of the private key that a name names, whatever its tags are. */
  Optional<String> named(Name name, CallContext call) throws BackendFailure;

  /**
   * Gives a key a name. At most one request for a name is ever answered with true, also while reads
   * are late, as long as the key is there. A lost answer is AMBIGUOUS.
   *
   * @return false if the name is taken, by this very key perhaps
   */
  boolean claim(Name name, ServiceKey key, CallContext call) throws BackendFailure;

  /** A private key by its id, with tags that were read before. */
  Optional<ServiceKey> find(Tagged tagged, CallContext call) throws BackendFailure;

  /**
   * Schedules that a key is gone.
   *
   * @param used whether it may have signed, so that somebody may want it back
   * @return the key afterwards, GONE
   */
  ServiceKey remove(ServiceKey key, boolean used, CallContext call) throws BackendFailure;

  /**
   * The service's own name of a private key that may be gone, by its id as a tag tells it, beside
   * another one; nothing if that is no id.
   */
  Optional<String> uri(String id, ServiceKey like);

  /**
   * Is told the public key of a version that is off, in case the service tells none of such:
   * whoever switched it off has compared it.
   */
  default void learn(ServiceKey off, PublicKeyInfo publicKey, CallContext call)
      throws BackendFailure {}

  /**
   * The version that the key's name for people names; nothing if it names none of the key's. Its
   * tags tell how far to look where the first version is not there, or where there are many. One or
   * two requests.
   */
  Optional<ServiceKey> hinted(KeyName name, CallContext call) throws BackendFailure;

  /**
   * Lets the key's name for people name this version. It decides nothing: what is refused for good
   * is logged and not thrown.
   *
   * @param from only if it names that version now
   */
  void hint(LedgerKey key, ServiceKey to, Optional<ServiceKey> from, CallContext call)
      throws BackendFailure;

  /** A private key of which the id and the tags are known. */
  record Tagged(String id, Map<String, String> tags) {
    public Tagged {
      tags = Map.copyOf(tags);
    }
  }

  /**
   * Private keys with Enclave's tags, whether anything names them or not.
   *
   * @param keys those of a page
   * @param next where the next page begins
   */
  record Made(List<Tagged> keys, Optional<String> next) {
    public Made {
      keys = List.copyOf(keys);
    }
  }

  /**
   * A page of all private keys, so that those that nothing names are found. One request, and one
   * for each key; keys whose tags are denied are left out.
   */
  Made made(Optional<String> from, CallContext call) throws BackendFailure;

  /** Which key's versions the names of a private key say that it is; empty for another name. */
  List<Optional<KeyName>> namesOf(String id, CallContext call) throws BackendFailure;

  /** The tagged private key that an orphan's URI names; nothing if it is gone. */
  Optional<Tagged> tagged(String uri, CallContext call) throws BackendFailure;
}

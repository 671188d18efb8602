package dev.enclave.kit.key;

import dev.enclave.KeyName;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.Optional;

/**
 * A service whose keys have numbered versions, and that can record a text which of two writers only
 * one gets written: a row that is made once, or a document that is replaced only if it is still as
 * it was read. Whoever records the next {@link Decision} has decided. Examples: Cloud KMS, where a
 * row is an empty CryptoKey with labels; a service with entity tags; Vault, with the decision in a
 * document of its key-value store.
 *
 * <p>The ids of versions are numbers, counted from 1 by the service, and no number comes again.
 */
public interface RecordService extends KeyService {

  /**
   * The key of that name with all its versions, whoever made them, and the last decision; nothing
   * if the name is free. The decision is read before the versions, so that what it names is among
   * them, or both are one answer. Of a key that nobody decided about it is {@link Decision#first}
   * or, if it is to be restored, {@link Decision#none}.
   *
   * @return by {@link LedgerKey#of}
   * @throws BackendFailure {@link dev.enclave.spi.FailureCode#NOT_FOUND} when something else than
   *     Enclave made what is there; {@link dev.enclave.spi.FailureCode#CORRUPT} when the last
   *     decision cannot be read
   */
  Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure;

  /**
   * The same for who looks for what was left behind: with the private keys that are made for the
   * name and are none of the key's versions among {@link LedgerKey#leftOver}, also where nobody has
   * taken the name. By default as {@link #read}, where versions have no names of their own.
   */
  default Optional<LedgerKey> readWithLeftOver(KeyName name, CallContext call)
      throws BackendFailure {
    return read(name, call);
  }

  /**
   * Takes the name: makes a key with its tags and, unless it is to be restored, its first version,
   * in one request. Another one may read the version that was made.
   *
   * @return the key as {@link #read} would give it; nothing if the name is taken, by an earlier
   *     attempt perhaps
   */
  Optional<LedgerKey> create(KeyMetadata wanted, CallContext call) throws BackendFailure;

  /**
   * Says why a name is taken under which no key is to be read: it is gone for good or, as by
   * default, not to be seen yet.
   */
  default BackendFailure taken(KeyName name) {
    return refusals().notSeenYet(Texts.KEY.with(name));
  }

  /**
   * Makes a further version. Not repeatable: the ledger looks for what an earlier attempt made.
   *
   * @param operationId to be found as tag {@link KeyMetadata#OPERATION} of the version, in the same
   *     request, unless the service has {@link #beginnings}
   */
  ServiceKey addVersion(LedgerKey key, String operationId, CallContext call) throws BackendFailure;

  /**
   * A version that has its material: waits while it is being made, at most until the deadline.
   *
   * @throws BackendFailure when it could not be made
   */
  default ServiceKey made(ServiceKey version, CallContext call) throws BackendFailure {
    return version;
  }

  /**
   * Records the next decision, if the last one is still that of {@code key}. At most one of a
   * number is ever recorded. A lost answer is AMBIGUOUS.
   *
   * @return {@link LedgerKey#after} it; nothing if another decision came first. An equal one, by
   *     {@link Decision#decidesAs}, may be an earlier attempt's: then it is the one that is meant
   */
  Optional<LedgerKey> record(LedgerKey key, Decision next, CallContext call) throws BackendFailure;

  /**
   * Destroys a version, or schedules that.
   *
   * @return the version afterwards, GONE
   */
  ServiceKey remove(ServiceKey version, CallContext call) throws BackendFailure;

  /**
   * Looks, before a version that no decision names is destroyed, whether one did that is hidden;
   * where nothing can hide one, as by default, at once.
   *
   * @throws BackendFailure when a decision was hidden
   */
  default void requireNeverNamed(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {}

  /**
   * Looks, before a key is described, whether a later decision is hidden; where nothing can hide
   * one, as by default, at once.
   *
   * @return the key by the last decision
   */
  default LedgerKey explained(LedgerKey key, CallContext call) throws BackendFailure {
    return key;
  }

  /**
   * Which operation finished the restoration of a key: the one of the second decision; where that
   * is not kept, the one that began it.
   */
  default String restoredBy(LedgerKey key, CallContext call) throws BackendFailure {
    return key.decision().number() == 2
        ? key.decision().operationId()
        : key.metadata().operationId();
  }

  /** Where versions carry no tags: what tells which version an operation made. */
  default Optional<Beginnings> beginnings() {
    return Optional.empty();
  }

  /**
   * Notes that operations began. Each is written once, before the first attempt to make a version,
   * and says which one was the last then: a repetition, by another process too, takes a version
   * that came since.
   */
  interface Beginnings {

    /**
     * Notes that an operation begins.
     *
     * @return false if there is such a note, of an earlier attempt
     */
    boolean begin(KeyName name, String operationId, int lastVersion, CallContext call)
        throws BackendFailure;

    /** The last version when the operation began; nothing if it has not. */
    Optional<Integer> began(KeyName name, String operationId, CallContext call)
        throws BackendFailure;

    /** Whether that operation ever decided that a version is active. */
    boolean activated(LedgerKey key, String version, String operationId, CallContext call)
        throws BackendFailure;
  }
}

package dev.enclave.kit.key;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.List;
import java.util.Optional;

/**
 * A service that changes nothing under a condition, and shows everybody in one list what all have
 * written. Everybody writes to a version of its own, waits until all writes of that time are to be
 * seen, and applies the same rule to what is listed. Example: Azure Key Vault, whose keys have
 * versions with tags that are replaced as a whole.
 */
public interface ElectionService extends TaggedService {

  /**
   * What is listed under a name.
   *
   * @param versions every one, whoever made it; none if there is no such key
   * @param at when, by the service's clock
   */
  record Listing(List<ServiceKey> versions, java.time.Instant at) {
    public Listing {
      versions = List.copyOf(versions);
    }
  }

  /**
   * Lists a key. Shows every write that was carried out {@link #settling} ago, by whichever process
   * and wherever; where that cannot be, {@link #requireElection} refuses.
   */
  Listing list(KeyName name, CallContext call) throws BackendFailure;

  /**
   * Refuses what is decided by what others wrote just now, where that cannot be seen.
   *
   * @param doing what would be done, as the beginning of a sentence
   */
  default void requireElection(String doing) throws BackendFailure {}

  /** Says that a key of that name is there and something else than Enclave made it. */
  BackendFailure foreign(KeyName name);

  /** The service's own name of a key. */
  String uri(KeyName name);

  /**
   * A version that the service made by itself, to be taken instead of a new one; none, as by
   * default, where a rotation always makes one.
   */
  default Optional<ServiceKey> offered(LedgerKey key, CallContext call) throws BackendFailure {
    return Optional.empty();
  }

  /** Deletes a key with all its versions. */
  void removeAll(KeyName name, CallContext call) throws BackendFailure;

  /**
   * What is left to see of a deleted key: the version that was made last, with its tags; none if
   * the service shows none, or not to this identity.
   */
  Optional<ServiceKey> removed(KeyName name, CallContext call) throws BackendFailure;

  /** Says, ambiguously, that a key is being deleted and not to be seen yet, or not by this one. */
  BackendFailure notSeenRemoved(KeyName name);
}

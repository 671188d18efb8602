package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the two kinds of service have in common where each version carries tags that can be changed:
 * {@link AliasService} and {@link ElectionService}.
 */
public interface TaggedService extends KeyService {

  /**
   * A private key that is to be made.
   *
   * @param name the key that it is to be a version of
   * @param algorithm its scheme
   * @param tags all of them, by the names that the service has for them
   * @param unit tells this one from all others: a repetition by this process means the same
   */
  record Making(KeyName name, KeyAlgorithm algorithm, Map<String, String> tags, String unit) {
    public Making {
      tags = Map.copyOf(tags);
    }
  }

  /**
   * A change of tags.
   *
   * @param set tags to be written
   * @param unset names of tags to be removed; those that are not there are of no account
   * @param on whether to switch the key on or off as well
   */
  record TagChange(Map<String, String> set, Set<String> unset, Optional<Boolean> on) {
    public TagChange {
      set = Map.copyOf(set);
      unset = Set.copyOf(unset);
    }

    /** One that writes tags alone. */
    public static TagChange of(Map<String, String> set) {
      return new TagChange(set, Set.of(), Optional.empty());
    }
  }

  /**
   * Makes a private key with its tags, in one request. Not repeatable: after a lost answer there
   * may be two, of which the ledger finds one by its tags or leaves it to be found as an orphan.
   *
   * @throws BackendFailure {@link dev.enclave.spi.FailureCode#CORRUPT} when something else was made
   *     than was asked for, its tags included
   */
  ServiceKey make(Making wanted, CallContext call) throws BackendFailure;

  /**
   * Changes some of a key's tags and leaves all others as {@code key} has them. In one request if
   * the service can: where tags are replaced as a whole, they are those of {@code key} with the
   * change.
   *
   * @return the key afterwards
   */
  ServiceKey tag(ServiceKey key, TagChange change, CallContext call) throws BackendFailure;

  /**
   * After how long everybody sees a write, the rest of the service's unit of time included; what is
   * younger is looked for once more.
   */
  Duration settling();

  /**
   * Whether tags are those of a part of a restoration that others are to follow; then there may be
   * no key yet: {@link NamePage#doubtful}.
   */
  default boolean mayBeUnfinished(Map<String, String> tags) {
    return new VersionTags(tagPrefix(), tags)
        .made()
        .filter(made -> made.restored() && made.number() < made.of())
        .isPresent();
  }
}

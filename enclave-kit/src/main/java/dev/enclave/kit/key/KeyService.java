package dev.enclave.kit.key;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.PublicKeyInfo;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A service that holds single private keys, and knows nothing of versions that are active, retired
 * or prepared. An adapter implements one of three kinds of it, by what the service has that decides
 * a race: {@link RecordService}, {@link AliasService}, {@link ElectionService}. The {@link
 * VersionLedger} does the rest. Thread-safe.
 *
 * <p>What holds for every method of all kinds, unless it says otherwise:
 *
 * <ul>
 *   <li>It sends one request, except for the further pages of a list.
 *   <li>It fails by {@link FailureClass}: AMBIGUOUS when a change may have happened, any other
 *       class when it has not. A missing thing is an empty answer and no failure.
 *   <li>A change can be repeated: what is so already stays so.
 *   <li>An answer is compared with what was asked, and refused if it is about anything else: {@link
 *       Refusals#wrongAnswer}.
 *   <li>A read may miss a write for a while, unless its kind says otherwise. It never invents one.
 * </ul>
 */
public interface KeyService {

  /** Longer than any creation, rotation or restoration may take, clocks that differ included. */
  Duration UNDER_WAY = Duration.ofMinutes(15);

  /** Whether what was made then cannot be under way any more. */
  static boolean isOld(Instant madeAt, CallContext call) {
    return madeAt.plus(UNDER_WAY).isBefore(call.time().now());
  }

  /** The wording of what is refused. */
  Refusals refusals();

  /** What the names of all tags of Enclave's begin with, such as {@code enclave:}. */
  default String tagPrefix() {
    return "enclave-";
  }

  /** The environment stamp of a key of Enclave's or another, by its tags. */
  default StampReading stamp(Map<String, String> tags) {
    String name = tagPrefix() + KeyMetadata.STAMP;
    return StoredText.stamp(Texts.TAG.with(name), tags.get(name), EnvironmentType::name);
  }

  /** Sends reads that do not depend on each other beside each other; by default in turn. */
  default ParallelReads parallel() {
    return ParallelReads.IN_TURN;
  }

  /**
   * Refuses an algorithm that the service has no keys for. Without a request.
   *
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED}
   */
  void requireOffered(KeyAlgorithm algorithm) throws BackendFailure;

  /** Says that there is no such key, and what to check: {@link Refusals#noKey}. */
  default BackendFailure noKey(KeyName name) {
    return refusals().noKey(name, Texts.MADE_NONE.with(), Texts.NAME_AND_PLACE.with());
  }

  /** Says that restoring a key was begun and not finished: {@link Refusals#unfinished}. */
  default BackendFailure unfinished(KeyName name) {
    return refusals().unfinished(name, Texts.TAKE_ANOTHER_NAME.with(), "destroys");
  }

  /** When a name is free again whose versions are all destroyed, as a sentence. */
  default String whenFreed() {
    return Texts.NEVER_FREED.with(refusals().service());
  }

  /**
   * Switches a private key on or off, and changes nothing else about it.
   *
   * @return the key afterwards
   */
  ServiceKey turn(ServiceKey key, boolean on, CallContext call) throws BackendFailure;

  /**
   * The public key as the service tells it; none for a symmetric one, or where the service keeps it
   * to itself. It never changes, so that it is asked for once: {@link
   * dev.enclave.kit.key.PublicKeyCache}.
   *
   * @throws BackendFailure {@link FailureCode#CORRUPT} when what was answered is no public key
   */
  Optional<PublicKeyInfo> publicKey(ServiceKey key, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure;

  /** How well the service says that it protects this very key. */
  Assurance assurance(ServiceKey key, CallContext call) throws BackendFailure;

  /**
   * A page of the names under which there is something of Enclave's.
   *
   * @param names those of the page
   * @param doubtful those of them of which there may be only the beginning of a restoration; they
   *     are read before they are listed
   */
  record NamePage(KeyLister.Names names, Set<KeyName> doubtful) {
    public NamePage {
      doubtful = Set.copyOf(doubtful);
    }
  }

  /**
   * A page of names, as {@link KeyLister#page} gives them. What is there from the first page to the
   * last is on one.
   *
   * @param read whether every key of the page will be read, so that the page is to be short
   */
  NamePage names(Optional<String> from, boolean read, CallContext call) throws BackendFailure;

  /**
   * Whether a version that something else made can be used with the key's algorithm; else it is not
   * shown.
   */
  default boolean fits(LedgerKey key, ServiceKey foreign, CallContext call) throws BackendFailure {
    return true;
  }

  /**
   * Is told of every key that is about to be described, with what it was read as; for what is
   * remarkable about it. Sends nothing of its own.
   */
  default void noted(LedgerKey key, CallContext call) {}

  /** What is remarkable about the keys that were read; by default it is told to nobody. */
  default KeyFindings findings() {
    return new KeyFindings();
  }
}

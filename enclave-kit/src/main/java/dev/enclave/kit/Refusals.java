package dev.enclave.kit;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What is refused without asking the service, or from what it answered; one wording for each.
 *
 * @param id whose they are
 * @param service as messages call it, such as {@code AWS KMS}
 */
public record Refusals(BackendId id, String service) {

  /** The backend was closed. */
  public BackendFailure closed() {
    return Texts.BACKEND_CLOSED.permanent(FailureCode.CLOSED, id);
  }

  /** The call's deadline passed before its request was sent. */
  public BackendFailure tooLate() {
    return Texts.DEADLINE_BEFORE_REQUEST.transientFailure(FailureCode.TIMEOUT, service);
  }

  /**
   * There is no key of that name.
   *
   * @param looked what was looked for and is not there, such as {@code the vault has no key a}
   * @param check what to check, such as {@code name and vault}
   */
  public BackendFailure noKey(KeyName name, String looked, String check) {
    return Texts.NO_KEY.permanent(FailureCode.NOT_FOUND, name, looked, check);
  }

  /**
   * A key of that name is there in part: its restoration was cut short.
   *
   * @param otherwise what else to do than to restore it again, such as {@code create it}
   * @param reconciling what {@code enclave keys reconcile} does with what is left
   */
  public BackendFailure unfinished(KeyName name, String otherwise, String reconciling) {
    return Texts.RESTORATION_UNFINISHED.permanent(
        FailureCode.NOT_FOUND, name, otherwise, reconciling);
  }

  /** A key of that name is there, and has no such version. */
  public BackendFailure noVersion(KeyName name, KeyVersionId version) {
    return Texts.NO_VERSION.permanent(FailureCode.NOT_FOUND, name, version);
  }

  /** Another operation made a key of that name. */
  public BackendFailure alreadyExists(KeyName name) {
    return Texts.KEY_EXISTS.permanent(FailureCode.ALREADY_EXISTS, name);
  }

  /**
   * Another operation made a key of that name, and all its versions are destroyed.
   *
   * @param freed when the name is free again, as a sentence
   */
  public BackendFailure allDestroyed(KeyName name, String freed) {
    return Texts.KEY_DESTROYED.permanent(FailureCode.ALREADY_EXISTS, name, freed);
  }

  /** Something of ours that is there, and that reads do not show yet; transient. */
  public BackendFailure notSeenYet(String alias) {
    return Texts.NOT_SEEN_YET.transientFailure(FailureCode.NOT_FOUND, alias).naming(alias);
  }

  /** A failure about a key that was just made or named: what is not found is not seen yet. */
  public BackendFailure unlessNew(BackendFailure failure) {
    return failure.code() == FailureCode.NOT_FOUND
            && failure.failureClass() == FailureClass.PERMANENT
        ? notSeenYet(Texts.A_NEW_KEY.with())
        : failure;
  }

  /** Another version is active than the one that was expected. */
  public BackendFailure conflict(KeyName name, KeyVersionId expected) {
    return Texts.NOT_ACTIVE_ANY_MORE.permanent(FailureCode.CONFLICT, expected, name);
  }

  /** The version's state does not allow it. */
  public BackendFailure invalidState(KeyName name, KeyVersionId version, KeyState state) {
    return Texts.STATE_FORBIDS.permanent(FailureCode.INVALID_STATE, version, name, state);
  }

  /**
   * Refuses a reference whose version may not be used for this, by the state that it was read in.
   *
   * @param named whether the reference names its version as the service does
   */
  public void requireUsable(KeyVersionRef ref, boolean named, Predicate<KeyState> allowed)
      throws BackendFailure {
    if (!named) {
      throw noVersion(ref.name(), ref.version());
    }
    if (!allowed.test(ref.state())) {
      throw invalidState(ref.name(), ref.version(), ref.state());
    }
  }

  /** What was written on a version did not stay: somebody else writes to it. */
  public BackendFailure overwritten(KeyName name, KeyVersionId version) {
    return Texts.TAGS_OVERWRITTEN.transientFailure(FailureCode.UNAVAILABLE, version, name);
  }

  /** Only one version may be active, and another one is. */
  public BackendFailure otherActive(KeyName name, KeyVersionId version) {
    return Texts.ANOTHER_ACTIVE.permanent(FailureCode.INVALID_STATE, name, version);
  }

  /**
   * What input the service takes for an algorithm.
   *
   * @param offered the algorithms that it has
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED} when this is none of them
   */
  public AlgorithmSupport requireOffered(
      Collection<AlgorithmSupport> offered, KeyAlgorithm algorithm) throws BackendFailure {
    return offered.stream()
        .filter(support -> support.algorithm() == algorithm)
        .findFirst()
        .orElseThrow(
            () ->
                Texts.ALGORITHM_NOT_OFFERED.permanent(
                    FailureCode.UNSUPPORTED,
                    service,
                    algorithm,
                    offered.stream().map(AlgorithmSupport::algorithm).toList()));
  }

  /**
   * The same, for input that the service takes.
   *
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED}, as {@link #notTaken}
   */
  public AlgorithmSupport requireTaken(
      Collection<AlgorithmSupport> offered, KeyAlgorithm algorithm, SigningInput input)
      throws BackendFailure {
    AlgorithmSupport support = requireOffered(offered, algorithm);
    if (!support.takes(input)) {
      throw notTaken(support);
    }
    return support;
  }

  /** The algorithm is there and does not take this input. */
  public BackendFailure notTaken(AlgorithmSupport support) {
    String messages = Texts.MESSAGES_OF.with(support.shortestMessage(), support.longestMessage());
    return Texts.INPUT_NOT_TAKEN.permanent(
        FailureCode.UNSUPPORTED,
        service,
        support.algorithm(),
        support.messages() ? messages : Texts.NO_MESSAGES.with(),
        support.digests() ? Texts.DIGESTS_OF_ITS_HASH.with() : Texts.NO_DIGESTS.with());
  }

  /** Keys for this algorithm do not do that. */
  public BackendFailure cannot(KeyAlgorithm algorithm, String what) {
    return Texts.KEY_CANNOT.permanent(FailureCode.UNSUPPORTED, algorithm, what);
  }

  /** Was not wrapped by this version, or changed since. */
  public BackendFailure notWrappedHere(KeyVersionRef kek) {
    return Texts.NOT_WRAPPED_HERE.permanent(FailureCode.CORRUPT, kek.version(), kek.name());
  }

  /**
   * The stamp as it is authenticated with the data keys that a symmetric key wraps; nothing for a
   * key without one.
   *
   * @throws BackendFailure {@link FailureCode#STAMP_UNREADABLE}: what is wrapped without the stamp
   *     would not open any more once the stamp can be read, nor the reverse
   */
  public Optional<EnvironmentType> authenticatedStamp(KeyVersionRef kek) throws BackendFailure {
    if (kek.stamp() instanceof StampReading.Unreadable unreadable) {
      throw Texts.STAMP_AUTHENTICATED.permanent(
          FailureCode.STAMP_UNREADABLE, kek.name(), unreadable.reason(), unreadable.remedy());
    }
    return kek.stamp() instanceof StampReading.Stamped stamped
        ? Optional.of(stamped.environment())
        : Optional.empty();
  }

  /**
   * The service takes over no key for this algorithm.
   *
   * @param why and what to do, for a key that signs: one that wraps is another after it was moved
   */
  public BackendFailure notImported(KeyAlgorithm algorithm, String why) {
    return Texts.NOT_IMPORTED.permanent(
        FailureCode.UNSUPPORTED,
        service,
        algorithm,
        algorithm.purpose() == KeyPurpose.WRAP ? Texts.WRAPPING_KEY_NOT_IMPORTED.with() : why);
  }

  /**
   * A backup's version has another public key than its private key has.
   *
   * @param left what is there now, as a sentence, such as {@code Nothing was sent.}
   */
  public BackendFailure notItsPublicKey(KeyVersionId version, String left) {
    return Texts.NOT_ITS_PUBLIC_KEY.permanent(FailureCode.REJECTED, version, left);
  }

  /** A backup's version has no private key for its algorithm; nothing of it was sent. */
  public BackendFailure notOfTheAlgorithm(KeyVersionId version, KeyAlgorithm algorithm) {
    return Texts.NOT_OF_THE_ALGORITHM.permanent(FailureCode.REJECTED, version, algorithm);
  }

  /**
   * What is to be adopted, or discarded, is no name of a key of the service.
   *
   * @param forms the names that are, such as {@code an alias such as alias/treasury}
   */
  public BackendFailure notAKey(String forms) {
    return Texts.NOT_A_KEY.permanent(FailureCode.UNSUPPORTED, service, forms);
  }

  /**
   * What is to be adopted is not there.
   *
   * @param check what to check besides the name, such as {@code account and region}
   */
  public BackendFailure noForeignKey(String check) {
    return Texts.NO_FOREIGN_KEY.permanent(FailureCode.NOT_FOUND, service, check);
  }

  /**
   * Refuses what was made without the labels or tags by which it is found again.
   *
   * @param made what was asked for, such as {@code CryptoKey a}
   * @param kind what the service calls them
   */
  public void requireLabels(
      String made, String kind, Map<String, String> asked, Map<String, String> told)
      throws BackendFailure {
    Set<String> missing = new TreeSet<>(asked.keySet());
    missing.removeIf(label -> Objects.equals(asked.get(label), told.get(label)));
    if (!missing.isEmpty()) {
      String all = String.join(", ", new TreeSet<>(asked.keySet()));
      String less = String.join(", ", missing);
      throw wrongAnswer(
          Texts.LABELS_MISSING.with(
              made,
              kind,
              all,
              less.equals(all) ? Texts.NONE_OF_THEM.with() : Texts.ALL_BUT.with(less)));
    }
  }

  /** The answer is not one to the question; nothing of it is used. */
  public BackendFailure wrongAnswer(String what) {
    return Texts.WRONG_ANSWER.permanent(FailureCode.CORRUPT, service, what);
  }
}

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
    return BackendFailure.permanent(
        FailureCode.CLOSED, "Backend " + id + " has been closed.", "Open it again.");
  }

  /** The call's deadline passed before its request was sent. */
  public BackendFailure tooLate() {
    return BackendFailure.transientFailure(
        FailureCode.TIMEOUT,
        "The deadline passed before the request to " + service + " was sent.",
        "Allow more time.");
  }

  /**
   * There is no key of that name.
   *
   * @param looked what was looked for and is not there, such as {@code the vault has no key a}
   * @param check what to check, such as {@code name and vault}
   */
  public BackendFailure noKey(KeyName name, String looked, String check) {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND,
        "There is no key " + name + " here: " + looked + ".",
        "Create the key, or check " + check + ".");
  }

  /**
   * A key of that name is there in part: its restoration was cut short.
   *
   * @param otherwise what else to do than to restore it again, such as {@code create it}
   * @param reconciling what {@code enclave keys reconcile} does with what is left
   */
  public BackendFailure unfinished(KeyName name, String otherwise, String reconciling) {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND,
        "There is no key " + name + " here: restoring one of that name was begun and not finished.",
        ("Restore the same backup again, or %s; enclave keys reconcile %s what is left of the first"
                + " attempt.")
            .formatted(otherwise, reconciling));
  }

  /** A key of that name is there, and has no such version. */
  public BackendFailure noVersion(KeyName name, KeyVersionId version) {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND,
        "Key " + name + " has no version " + version + ".",
        "Load the key and use one it lists.");
  }

  /** Another operation made a key of that name. */
  public BackendFailure alreadyExists(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.ALREADY_EXISTS,
        "Key " + name + " exists already.",
        "Use it, or choose another name.");
  }

  /**
   * Another operation made a key of that name, and all its versions are destroyed.
   *
   * @param freed when the name is free again, as a sentence
   */
  public BackendFailure allDestroyed(KeyName name, String freed) {
    return BackendFailure.permanent(
        FailureCode.ALREADY_EXISTS,
        "Key " + name + " exists, and all its versions are destroyed, so it cannot be used.",
        "Take another name. " + freed);
  }

  /** Something of ours that is there, and that reads do not show yet; transient. */
  public BackendFailure notSeenYet(String alias) {
    return BackendFailure.transientFailure(
            FailureCode.NOT_FOUND,
            alias + " exists but reads do not see it yet.",
            "Try again in a few seconds.")
        .naming(alias);
  }

  /** A failure about a key that was just made or named: what is not found is not seen yet. */
  public BackendFailure unlessNew(BackendFailure failure) {
    return failure.code() == FailureCode.NOT_FOUND
            && failure.failureClass() == FailureClass.PERMANENT
        ? notSeenYet("A new key")
        : failure;
  }

  /** Another version is active than the one that was expected. */
  public BackendFailure conflict(KeyName name, KeyVersionId expected) {
    return BackendFailure.permanent(
        FailureCode.CONFLICT,
        "Version " + expected + " of key " + name + " is not the active one any more.",
        "Load the key and decide anew.");
  }

  /** The version's state does not allow it. */
  public BackendFailure invalidState(KeyName name, KeyVersionId version, KeyState state) {
    return BackendFailure.permanent(
        FailureCode.INVALID_STATE,
        "Version " + version + " of key " + name + " is " + state + ", which does not allow this.",
        "Load the key and use its active version.");
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
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        "Others change version "
            + version
            + " of key "
            + name
            + " at the same time and write its tags back as they were.",
        "Try again.");
  }

  /** Only one version may be active, and another one is. */
  public BackendFailure otherActive(KeyName name, KeyVersionId version) {
    return BackendFailure.permanent(
        FailureCode.INVALID_STATE,
        "Key " + name + " has another active version than " + version + ".",
        "Retire that one first, or rotate.");
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
                BackendFailure.permanent(
                    FailureCode.UNSUPPORTED,
                    service + " has no keys for " + algorithm + ".",
                    "Use one of %s."
                        .formatted(offered.stream().map(AlgorithmSupport::algorithm).toList())));
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
    String messages =
        "messages of %s to %s bytes".formatted(support.shortestMessage(), support.longestMessage());
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "%s signs no such input with %s: it takes %s and %s."
            .formatted(
                service,
                support.algorithm(),
                support.messages() ? messages : "no messages",
                support.digests() ? "digests of its own hash" : "no digests"));
  }

  /** Keys for this algorithm do not do that. */
  public BackendFailure cannot(KeyAlgorithm algorithm, String what) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "A key for " + algorithm + " cannot " + what + ".",
        "Use a key made for that.");
  }

  /** Was not wrapped by this version, or changed since. */
  public BackendFailure notWrappedHere(KeyVersionRef kek) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "The wrapped data key was not made by version %s of key %s, or was changed since."
            .formatted(kek.version(), kek.name()),
        "Open it with the key that wrapped it.");
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
      throw BackendFailure.permanent(
          FailureCode.STAMP_UNREADABLE,
          ("The environment stamp of key %s cannot be read (%s), and the stamp is authenticated"
                  + " with what the key wraps.")
              .formatted(kek.name(), unreadable.reason()),
          unreadable.remedy() + ", or wrap with a key for RSA-OAEP.");
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
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "%s takes no key for %s over from elsewhere: "
            .formatted(service, algorithm)
            .concat(
                algorithm.purpose() == KeyPurpose.WRAP
                    ? "it gives the versions of the key other ids, and what the key sealed before"
                        + " names the old ones. Create a key here and seal anew under it."
                    : why));
  }

  /**
   * A backup's version has another public key than its private key has.
   *
   * @param left what is there now, as a sentence, such as {@code Nothing was sent.}
   */
  public BackendFailure notItsPublicKey(KeyVersionId version, String left) {
    return BackendFailure.permanent(
        FailureCode.REJECTED,
        "Version " + version + " has a private key that does not belong to its public key.",
        left + " Read the backup again.");
  }

  /** A backup's version has no private key for its algorithm; nothing of it was sent. */
  public BackendFailure notOfTheAlgorithm(KeyVersionId version, KeyAlgorithm algorithm) {
    return BackendFailure.permanent(
        FailureCode.REJECTED,
        "Version " + version + " has no private key for " + algorithm + ". Nothing was sent.",
        "Read the backup again.");
  }

  /**
   * What is to be adopted, or discarded, is no name of a key of the service.
   *
   * @param forms the names that are, such as {@code an alias such as alias/treasury}
   */
  public BackendFailure notAKey(String forms) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "This is not the name of a key of " + service + ".",
        "Give " + forms + ".");
  }

  /**
   * What is to be adopted is not there.
   *
   * @param check what to check besides the name, such as {@code account and region}
   */
  public BackendFailure noForeignKey(String check) {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND,
        service + " knows no key of this name.",
        "Check it for a slip, and " + check + ".");
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
          "it was asked for %s with %s %s, and answered with "
              .formatted(made, kind, all)
              .concat(less.equals(all) ? "none of them" : "all but " + less));
    }
  }

  /** The answer is not one to the question; nothing of it is used. */
  public BackendFailure wrongAnswer(String what) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        service + " answered wrongly: " + what + ".",
        "The answer is withheld; find out what stands between this process and the service.");
  }
}

package dev.enclave.aws.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.util.List;

/** What is refused without asking KMS, or from what it answered; one situation, one wording. */
final class KmsRefusals {

  private KmsRefusals() {}

  static BackendFailure closed() {
    return BackendFailure.permanent(
        FailureCode.CLOSED, "Backend aws-kms has been closed. Open it again.");
  }

  static BackendFailure noKey(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND,
        "There is no key "
            + name
            + " here: no alias "
            + KmsAliases.version(name, 1)
            + " and no later one. Create the key, or check name, account and region.");
  }

  static BackendFailure noVersion(KeyName name, KeyVersionId version) {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND,
        "Key " + name + " has no version " + version + ". Load the key and use one it lists.");
  }

  static BackendFailure alreadyExists(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.ALREADY_EXISTS,
        "Key " + name + " exists and another operation made it. Use it, or take another name.");
  }

  static BackendFailure notSeenYet(String alias) {
    return BackendFailure.transientFailure(
        FailureCode.NOT_FOUND,
        alias + " exists but reads do not see it yet. Try again in a few seconds.");
  }

  /** A failure about a key that KMS has just made or named: what is not found is not seen yet. */
  static BackendFailure unlessNew(BackendFailure failure) {
    return failure.code() == FailureCode.NOT_FOUND
            && failure.failureClass() == FailureClass.PERMANENT
        ? notSeenYet("A new KMS key")
        : failure;
  }

  static BackendFailure conflict(KeyName name, KeyVersionId expected) {
    return BackendFailure.permanent(
        FailureCode.CONFLICT,
        "Version "
            + expected
            + " of key "
            + name
            + " is not the active one any more. Load the key and decide anew.");
  }

  static BackendFailure invalidState(KeyName name, KeyVersionId version, KeyState state) {
    return BackendFailure.permanent(
        FailureCode.INVALID_STATE,
        "Version "
            + version
            + " of key "
            + name
            + " is "
            + state
            + ", which does not allow this. Load the key and use its active version.");
  }

  static BackendFailure otherActive(KeyName name, KeyVersionId version) {
    return BackendFailure.permanent(
        FailureCode.INVALID_STATE,
        "Key "
            + name
            + " has another active version than "
            + version
            + ". Retire that one first, or rotate.");
  }

  static BackendFailure notTaken(AlgorithmSupport support) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "AWS KMS signs no such input with "
            + support.algorithm()
            + ": it takes "
            + (support.messages()
                ? "messages of "
                    + support.shortestMessage()
                    + " to "
                    + support.longestMessage()
                    + " bytes"
                : "no messages")
            + (support.digests() ? " and digests of its own hash." : " and no digests."));
  }

  static BackendFailure cannot(KeyAlgorithm algorithm, String what) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "A key for " + algorithm + " cannot " + what + ". Use a key made for that.");
  }

  static BackendFailure notImported(KeyAlgorithm algorithm) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "AWS KMS takes no key for "
            + algorithm
            + " over from elsewhere: it gives the key another id, and what the key sealed before"
            + " names the old one. Create a key here and seal anew under it.");
  }

  static BackendFailure neverActive(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.REJECTED,
        "The oldest version of key "
            + name
            + " that has a private key never was active, or none has one. Activate or destroy that"
            + " version, then back the key up anew.");
  }

  static BackendFailure notItsPublicKey(KeyVersionId version) {
    return BackendFailure.permanent(
        FailureCode.REJECTED,
        "Version "
            + version
            + " has a private key that does not belong to its public key. The KMS keys made for it"
            + " wait for their deletion. Read the backup again.");
  }

  static BackendFailure notWrappedHere(KeyVersionRef kek) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "The wrapped data key was not made by version "
            + kek.version()
            + " of key "
            + kek.name()
            + ", or was changed since. Open it with the key that wrapped it.");
  }

  static BackendFailure wrongAnswer(String what) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "AWS KMS answered wrongly: "
            + what
            + ". The answer is withheld; find out what stands between this process and KMS.");
  }

  static BackendFailure foreignAlias(String alias, String keyId) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        alias
            + " names KMS key "
            + keyId
            + ", whose tags do not say that it is a version of this key. Put the alias or the"
            + " tags back as they were; CloudTrail tells who changed them.");
  }

  static BackendFailure notAnAwsKey() {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "This is not the name of a KMS key. Give the ARN of a key or alias, a key id, or an alias"
            + " such as alias/treasury.");
  }

  static BackendFailure noForeignKey() {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND,
        "KMS knows no key of this name. Check it for a slip, and account and region.");
  }

  static BackendFailure ambiguousAlgorithm(List<KeyAlgorithm> choices) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "A KMS key of this kind can be used in several ways and does not say in which. Add one of"
            + " them to its name, after a #: "
            + choices
            + ".");
  }

  static BackendFailure otherAlgorithm(String given, List<KeyAlgorithm> choices) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "The KMS key cannot be used as "
            + given
            + ". "
            + (choices.isEmpty()
                ? "Enclave has no algorithm for keys of its kind."
                : "Use one of " + choices + "."));
  }
}

package dev.enclave.testkit.cloud;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendDescription;

/** The failures of the cloud-shaped backends, so that one situation has one wording. */
final class Refusals {

  private Refusals() {}

  static void requireTime(CallContext call) throws BackendFailure {
    if (call.remaining().isZero()) {
      throw BackendFailure.transientFailure(
          FailureCode.TIMEOUT,
          "The deadline passed before the request was sent.",
          "Allow more time.");
    }
  }

  static void requireDeclared(BackendDescription description, KeyAlgorithm algorithm)
      throws BackendFailure {
    if (description.support(algorithm).isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "Backend " + description.id() + " has no " + algorithm + " keys.",
          "Use one of " + description.offered() + ".");
    }
  }

  static void requireTaken(
      BackendDescription description, KeyAlgorithm algorithm, SigningInput input)
      throws BackendFailure {
    requireDeclared(description, algorithm);
    AlgorithmSupport support = description.support(algorithm).orElseThrow();
    if (!support.takes(input)) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "Backend "
              + description.id()
              + " signs no such input with "
              + algorithm
              + ": it takes "
              + (support.messages()
                  ? "messages of "
                      + support.shortestMessage()
                      + " to "
                      + support.longestMessage()
                      + " bytes"
                  : "no messages")
              + (support.digests() ? " and its own digests." : " and no digests."));
    }
  }

  static BackendFailure closed(BackendDescription description) {
    return BackendFailure.permanent(
        FailureCode.CLOSED, "Backend " + description.id() + " has been closed.", "Open it again.");
  }

  static BackendFailure noKey(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND, "There is no key " + name + ".", "Create it, or check the name.");
  }

  static BackendFailure noVersion(KeyVersionRef version) {
    return noVersion(version.name(), version.version());
  }

  static BackendFailure noVersion(KeyName name, KeyVersionId version) {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND,
        "Key " + name + " has no version " + version + ".",
        "Load the key and use one it lists.");
  }

  static BackendFailure alreadyExists(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.ALREADY_EXISTS,
        "Key " + name + " exists already.",
        "Use it, or choose another name.");
  }

  static BackendFailure conflict(KeyName name, KeyVersionId expected) {
    return BackendFailure.permanent(
        FailureCode.CONFLICT,
        "Version " + expected + " of key " + name + " is not the active one any more.",
        "Load the key and decide anew.");
  }

  static BackendFailure invalidState(KeyVersionRef version, KeyState state) {
    return BackendFailure.permanent(
        FailureCode.INVALID_STATE,
        "Version "
            + version.version()
            + " of key "
            + version.name()
            + " is "
            + state
            + ", which does not allow this.");
  }

  static BackendFailure otherActive(KeyVersionRef version) {
    return BackendFailure.permanent(
        FailureCode.INVALID_STATE,
        "Key " + version.name() + " has another active version than " + version.version() + ".",
        "Retire that one first, or rotate.");
  }

  static BackendFailure notWrappedHere(KeyVersionRef kek) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "The wrapped data key was not made by version "
            + kek.version()
            + " of key "
            + kek.name()
            + ", or was changed since.",
        "Open it with the key that wrapped it.");
  }

  static BackendFailure notAKey(String kind, String example) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "This is not the name of a " + kind + " key.",
        "Give one such as " + example + ".");
  }

  static BackendFailure noForeignKey(String kind) {
    return BackendFailure.permanent(
        FailureCode.NOT_FOUND, "No " + kind + " key has this name.", "Check it for a slip.");
  }

  static BackendFailure cannotDo(KeyVersionRef version, String what) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "A key for " + version.algorithm() + " cannot " + what + ".",
        "Use a key made for that.");
  }

  static BackendFailure denied(String permission) {
    return BackendFailure.permanent(
        FailureCode.ACCESS_DENIED,
        "The identity lacks " + permission + ".",
        "Grant " + permission + " to it.");
  }
}

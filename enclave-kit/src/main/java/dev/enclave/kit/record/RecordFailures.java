package dev.enclave.kit.record;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.kek.Wrapped;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.record.RecordStore;
import java.util.Arrays;

/** What is wrong with a record, in words. Thread-safe. */
final class RecordFailures {

  private final RecordStore store;
  private final EnvironmentType environment;

  RecordFailures(RecordStore store, EnvironmentType environment) {
    this.store = store;
    this.environment = environment;
  }

  BackendFailure missing(KeyName name) {
    return BackendFailure.permanent(
            FailureCode.NOT_FOUND,
            "There is no key " + name + " in " + store.place() + ".",
            "Create it, or check the name and whether that is the right place.")
        .naming(store.place());
  }

  /** The record cannot be read at all. */
  BackendFailure damaged(KeyName name) {
    return corrupt(
        name,
        " is damaged or was changed; other keys go on working.",
        "Put it back from a copy, or move it"
            + " away and restore the key from its backup with: enclave keys restore.");
  }

  /** One version's private half cannot be read. */
  BackendFailure damaged(KeyName name, VersionEntry version) {
    return corrupt(
        name,
        " is damaged or was changed in the private half of version "
            + version.id()
            + "; other versions and keys go on working.",
        "Put the record back from a copy, or restore"
            + " the key from its backup with: enclave keys restore. If there is neither, give the"
            + " version up with: enclave keys disable, then enclave keys destroy.");
  }

  private BackendFailure corrupt(KeyName name, String what, String advice) {
    return BackendFailure.permanent(FailureCode.CORRUPT, record(name) + what, advice)
        .naming(store.nameOf(name));
  }

  private String record(KeyName name) {
    return "The record of key " + name + ", " + store.nameOf(name) + ",";
  }

  BackendFailure foreign(KeyName name, RecordHead head) {
    boolean foreignStamp =
        Arrays.stream(EnvironmentType.values())
            .anyMatch(t -> t.name().equals(head.stamp()) && !environment.accepts(t));
    return BackendFailure.permanent(
            foreignStamp ? FailureCode.STAMP_MISMATCH : FailureCode.CORRUPT,
            record(name)
                + " belongs to another store"
                + (foreignStamp ? ", of environment " + head.stamp() : "")
                + ".",
            "Move it back; keys cannot be copied from store to store.")
        .naming(store.nameOf(name));
  }

  BackendFailure misplaced(KeyName name, RecordHead head) {
    return corrupt(
        name,
        " is that of key " + Quoted.of(head.key()) + ": records were swapped or renamed.",
        "Put the right one back from a copy.");
  }

  BackendFailure putBack(Manifest found, Manifest seen) {
    return corrupt(
        found.name(),
        " was put back to an earlier state: it is at revision "
            + found.revision()
            + " and this process has seen revision "
            + seen.revision()
            + ".",
        "Put the latest record back. If there is none and the earlier state is wanted, restart"
            + " this process, and look at the key's versions first.");
  }

  /** The key-encryption key says that it cannot open the data key. */
  BackendFailure unopened(KeyName name, BackendFailure why) {
    BackendFailure failure =
        BackendFailure.permanent(
                FailureCode.CORRUPT, record(name) + " cannot be opened. " + why.observed())
            .advising(why.advice().orElse("Put it back from a copy."))
            .naming(store.nameOf(name))
            .naming(why.names());
    return why.providerRequestId().map(failure::withProviderRequestId).orElse(failure);
  }

  /** The key-encryption key did not open what it had just wrapped. */
  static BackendFailure wrappedInVain(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "The key-encryption key did not give back the data key that it had just wrapped for key "
            + name
            + ", so nothing was written.",
        "Check the key-encryption key.");
  }

  /** The format of a record has no room for what the key-encryption key made. */
  static BackendFailure wrappedTooLong(KeyName name, Wrapped wrapped) {
    return BackendFailure.permanent(
        FailureCode.LIMIT_EXCEEDED,
        "The key-encryption key made "
            + wrapped.wrapped().size()
            + " bytes of the data key of key "
            + name
            + ", and its own id has "
            + wrapped.kek().length()
            + " characters.",
        "Use one that makes at most 65535 bytes, with an id of 1024 characters.");
  }

  /** Others had the key until the deadline, one after the other. */
  static BackendFailure late(KeyName name) {
    return BackendFailure.localLoad(
        "Other calls used or changed key " + name + " until the deadline. Repeat the call.");
  }

  /** Others had the key-encryption key until the deadline. */
  static BackendFailure crowded(KeyName name, int atOnce, int waiting) {
    return BackendFailure.localLoad(
        "The data key of key "
            + name
            + " was not asked for: "
            + atOnce
            + " are at a time, and other keys of this process had their turn until the deadline ("
            + waiting
            + " more wait). Repeat the call; if it lasts, set a longer data-key-lifetime.");
  }

  /** One call was reading the key all the time, and others wait for what it reads. */
  static BackendFailure silent(KeyName name) {
    return BackendFailure.transientFailure(
        FailureCode.TIMEOUT,
        "Another call was still reading key " + name + " at the deadline.",
        "Repeat the call.");
  }

  static BackendFailure interrupted(KeyName name) {
    Thread.currentThread().interrupt();
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        "The thread was interrupted while it waited for key " + name + ".",
        "Repeat the call.");
  }
}

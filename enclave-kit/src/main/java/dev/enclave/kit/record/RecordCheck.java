package dev.enclave.kit.record;

import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.record.RecordStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Opens every key of a store once, to tell which of them are damaged and what that loses. Stops
 * when half of the call's time is used. Thread-safe.
 */
final class RecordCheck {

  private final RecordStore store;
  private final KeyRecords records;

  RecordCheck(RecordStore store, KeyRecords records) {
    this.store = store;
    this.records = records;
  }

  List<Finding> findings(CallContext call) {
    List<Finding> findings = new ArrayList<>();
    try {
      KeyLister lister = store::page;
      List<KeyName> names = lister.list(call);
      Duration half = call.remaining().dividedBy(2);
      int checked = 0;
      for (KeyName name : names) {
        if (call.remaining().compareTo(half) < 0) {
          findings.add(unchecked(checked, names.size()));
          break;
        }
        findings.addAll(check(name, call));
        checked++;
      }
    } catch (BackendFailure e) {
      findings.add(
          Finding.of(
              Severity.ERROR,
              ErrorCode.BACKEND_UNAVAILABLE,
              e.observed(),
              e.advice().orElse("Make " + store.place() + " readable.")));
    }
    return findings;
  }

  private List<Finding> check(KeyName name, CallContext call) {
    Reading reading;
    try {
      reading = records.read(name, call);
    } catch (BackendFailure e) {
      return e.code() == FailureCode.CORRUPT
          ? List.of(damaged("Key " + name + " is lost, with all its versions: ", e))
          : List.of();
    }
    List<Finding> findings = new ArrayList<>();
    for (VersionEntry version : reading.manifest().living()) {
      check(reading, version).ifPresent(findings::add);
    }
    return findings;
  }

  private Optional<Finding> check(Reading reading, VersionEntry version) {
    Manifest manifest = reading.manifest();
    try {
      records.openPrivateKey(reading, version).close();
      return Optional.empty();
    } catch (SupersededException e) {
      return Optional.empty(); // Somebody has just changed it, and looked at it for that.
    } catch (BackendFailure e) {
      String lost =
          manifest.algorithm().purpose() == KeyPurpose.WRAP
              ? "open nothing any more"
              : "sign nothing any more; its signatures still verify";
      String what =
          "Version %s (%s) of key %s can %s: "
              .formatted(version.id(), version.state(), manifest.name(), lost);
      return e.code() == FailureCode.CORRUPT ? Optional.of(damaged(what, e)) : Optional.empty();
    }
  }

  /** A warning: one damaged key keeps no other from being used. */
  private static Finding damaged(String what, BackendFailure e) {
    return Finding.of(
        Severity.WARNING,
        ErrorCode.KEY_DATA_CORRUPT,
        what + e.observed(),
        e.advice()
            .orElse(
                "Restore it from its backup with: enclave keys restore; or put its record back from"
                    + " a copy."));
  }

  private static Finding unchecked(int checked, int all) {
    return Finding.of(
        Severity.WARNING,
        ErrorCode.BACKEND_UNAVAILABLE,
        "Only " + checked + " of " + all + " keys could be checked in the time there was.",
        "Run: enclave doctor.");
  }
}

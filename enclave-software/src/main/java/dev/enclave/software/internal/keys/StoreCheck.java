package dev.enclave.software.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.crypto.LocalKey;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.software.internal.records.KeyStore;
import dev.enclave.software.internal.sealing.Manifest;
import dev.enclave.software.internal.sealing.VersionEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Unseals every key of a store once, to tell at the start which of them are damaged and what that
 * loses. Stops when half of the call's time is used.
 */
public final class StoreCheck {

  private final KeyStore store;

  public StoreCheck(KeyStore store) {
    this.store = store;
  }

  public List<Finding> findings(CallContext call) {
    List<Finding> findings = new ArrayList<>();
    try {
      List<KeyName> names = store.names();
      Duration half = call.remaining().dividedBy(2);
      int checked = 0;
      for (KeyName name : names) {
        if (call.remaining().compareTo(half) < 0) {
          findings.add(unchecked(checked, names.size()));
          break;
        }
        findings.addAll(check(name));
        checked++;
      }
    } catch (BackendFailure e) {
      findings.add(
          Finding.of(
              Severity.ERROR,
              ErrorCode.BACKEND_UNAVAILABLE,
              e.getMessage(),
              "Make the directory readable."));
    }
    return findings;
  }

  private List<Finding> check(KeyName name) {
    Manifest manifest;
    try {
      manifest = store.read(name);
    } catch (BackendFailure e) {
      return e.code() == FailureCode.CORRUPT
          ? List.of(damaged("Key " + name + " is lost, with all its versions: ", e))
          : List.of();
    }
    List<Finding> findings = new ArrayList<>();
    for (VersionEntry version : manifest.versions()) {
      if (version.state() != KeyState.DESTROYED) {
        check(manifest, version).ifPresent(findings::add);
      }
    }
    return findings;
  }

  private Optional<Finding> check(Manifest manifest, VersionEntry version) {
    String lost =
        "Version "
            + version.id()
            + " ("
            + version.state()
            + ") of key "
            + manifest.name()
            + " can "
            + (manifest.algorithm().purpose() == dev.enclave.KeyPurpose.WRAP
                ? "open nothing any more"
                : "sign nothing any more; its signatures still verify")
            + ": ";
    try {
      Optional<LocalKey> key = store.readPrivateKey(manifest, version);
      key.ifPresent(LocalKey::close);
      return key.isPresent() || isDestroyed(manifest.name(), version)
          ? Optional.empty()
          : Optional.of(damaged(lost + "there is no file " + version.file() + "."));
    } catch (BackendFailure e) {
      return e.code() == FailureCode.CORRUPT || e.code() == FailureCode.STAMP_MISMATCH
          ? Optional.of(damaged(lost, e))
          : Optional.empty();
    }
  }

  private boolean isDestroyed(KeyName name, VersionEntry version) throws BackendFailure {
    return store
        .readAnew(name)
        .version(version.id())
        .filter(v -> v.state() != KeyState.DESTROYED)
        .isEmpty();
  }

  private static Finding damaged(String what, BackendFailure e) {
    return damaged(what + e.getMessage());
  }

  /** A warning: one damaged key keeps no other from being used. */
  private static Finding damaged(String observed) {
    return Finding.of(
        Severity.WARNING,
        ErrorCode.KEY_DATA_CORRUPT,
        observed,
        "Restore it from its backup with: enclave keys restore; or put its files back from a copy"
            + " of the directory.");
  }

  private static Finding unchecked(int checked, int all) {
    return Finding.of(
        Severity.WARNING,
        ErrorCode.BACKEND_UNAVAILABLE,
        "Only " + checked + " of " + all + " keys could be checked in the time there was.",
        "Run: enclave doctor.");
  }
}

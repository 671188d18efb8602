package dev.enclave.software.internal;

import dev.enclave.ErrorCode;
import dev.enclave.HealthReport;
import dev.enclave.HealthReport.Finding;
import dev.enclave.HealthReport.Severity;
import dev.enclave.spi.BackendSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a store's directory, if anything. */
final class StoreHealth {

  private static final int LONGEST_FILE = 1 << 16;

  private final BackendSettings settings;
  private final SecureFiles files;
  private final StoreLayout layout;
  private final boolean passphrase;

  StoreHealth(BackendSettings settings, SecureFiles files, StoreLayout layout, boolean passphrase) {
    this.settings = settings;
    this.files = files;
    this.layout = layout;
    this.passphrase = passphrase;
  }

  HealthReport report() {
    List<Finding> findings = new ArrayList<>();
    try {
      files.checkDirectory(layout.directory());
      files.read(layout.parameters(), LONGEST_FILE);
    } catch (IOException e) {
      findings.add(
          new Finding(
              Severity.ERROR,
              ErrorCode.BACKEND_UNAVAILABLE,
              DiskFailures.reading(layout.directory(), e).getMessage(),
              "Make " + layout.directory() + " a directory of mode 700 of this user."));
    }
    if (!files.writable(layout.directory())) {
      findings.add(
          new Finding(
              Severity.ERROR,
              ErrorCode.ACCESS_DENIED,
              "Directory " + layout.directory() + " is not writable.",
              "Mount it writable and give it to this process's user: chmod 700 "
                  + layout.directory()));
    }
    if (!passphrase) {
      findings.add(
          new Finding(
              Severity.WARNING,
              ErrorCode.CONFIGURATION_MISSING,
              "No passphrase protects the keys: the master key "
                  + layout.masterKey()
                  + " lies beside them.",
              "For keys worth keeping set "
                  + settings.fullName(SoftwareSettings.PASSPHRASE_FILE)
                  + ", and "
                  + settings.fullName(SoftwareSettings.DIRECTORY)
                  + " to a new directory."));
    }
    return new HealthReport(findings);
  }
}

package dev.enclave.testkit.firstday;

import dev.enclave.Enclave;
import dev.enclave.admin.RotationReport;
import java.util.ArrayList;
import java.util.List;

// region job
/** What a scheduler runs every night. One key that fails stops no other. */
final class KeyRotationJob {

  private final Enclave enclave;

  KeyRotationJob(Enclave enclave) {
    this.enclave = enclave.by("job:rotation");
  }

  /** A line for each key that was due or could not be read; FAILED begins those that failed. */
  List<String> run() {
    RotationReport report = enclave.admin().rotateDue();
    List<String> lines = new ArrayList<>();
    report
        .rotated()
        .forEach(r -> lines.add(r.key().name() + ": version " + r.active().id() + " signs now"));
    report.overtaken().forEach(name -> lines.add(name + ": another replica rotated it"));
    report.failed().forEach((name, e) -> lines.add("FAILED " + name + ": " + e.getMessage()));
    return lines;
  }
}
// endregion

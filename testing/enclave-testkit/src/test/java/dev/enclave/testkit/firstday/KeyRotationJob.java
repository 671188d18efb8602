package dev.enclave.testkit.firstday;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.admin.RotationReport;
import dev.enclave.admin.RotationResult;
import dev.enclave.error.EnclaveException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    for (RotationResult done : report.rotated()) {
      lines.add(done.key().name() + ": version " + done.active().id() + " signs now");
    }
    for (KeyName name : report.overtaken()) {
      lines.add(name + ": another replica rotated it");
    }
    for (Map.Entry<KeyName, EnclaveException> failure : report.failed().entrySet()) {
      lines.add("FAILED " + failure.getKey() + ": " + failure.getValue().getMessage());
    }
    return lines;
  }
}
// endregion

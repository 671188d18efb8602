package dev.enclave.core.internal.key.rotation;

import dev.enclave.core.internal.key.rotation.RotationIndex.Known;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/** What health says of keys that should have been rotated: signing goes on, so it is a warning. */
final class OverdueFinding {

  static final Finding CLOCK =
      warning(
          "no keys are rotated by this process, since one was due again as soon as it had been"
              + " rotated: the machine's clock is ahead of the backend's",
          "set the clock right and restart the process");

  private OverdueFinding() {}

  /** One finding for all of them; none if there are none. */
  static Optional<Finding> of(List<Known> overdue) {
    if (overdue.isEmpty()) {
      return Optional.empty();
    }
    Known first = overdue.get(0);
    String observed =
        (overdue.size() == 1
                ? "one key is overdue for rotation: "
                : overdue.size() + " keys are overdue for rotation, longest ")
            + first.name()
            + " since "
            + first.next().dueAt()
            + ", "
            + first
                .lastFailure()
                .map(code -> attempts(first.failures()) + " failed here, the last with " + code)
                .orElse("which this process has not attempted");
    return Optional.of(
        warning(observed, "mend what keeps it, or rotate it: enclave keys rotate " + first.name()));
  }

  private static String attempts(int number) {
    return number + (number == 1 ? " attempt" : " attempts");
  }

  private static Finding warning(String observed, String fix) {
    return Finding.of(Severity.WARNING, ErrorCode.ROTATION_OVERDUE, observed, fix);
  }
}

package dev.enclave.core.internal.rotation;

import dev.enclave.core.internal.rotation.DueStep.Act;
import dev.enclave.core.internal.rotation.RotationIndex.Known;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
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
    List<Known> rotations = overdue.stream().filter(step -> !step.task().ends()).toList();
    if (!rotations.isEmpty()) {
      Known first = rotations.get(0);
      return Optional.of(
          warning(
              (rotations.size() == 1
                      ? "one key is overdue for rotation: "
                      : rotations.size() + " keys are overdue for rotation, longest ")
                  + since(first),
              "mend what keeps it, or rotate it: enclave keys rotate " + first.name()));
    }
    return overdue.stream()
        .findFirst()
        .map(
            first ->
                warning(
                    "the time of old versions of "
                        + (overdue.size() == 1 ? "one key" : overdue.size() + " keys")
                        + " is over, longest version "
                        + first.next().version()
                        + " of "
                        + since(first),
                    "mend what keeps it, or do it: enclave keys "
                        + (first.next().act() == Act.DISABLE ? "disable " : "destroy ")
                        + first.name()
                        + " --version "
                        + first.next().version()));
  }

  /** That a version is kept although its time seems to be over. */
  static Finding held(EnclaveException why) {
    return Finding.of(
        Severity.WARNING,
        why.code(),
        String.valueOf(why.getMessage()),
        "check this machine's clock; nothing is lost meanwhile");
  }

  /** That the account of this process may not rotate, and which key in use here shows it. */
  static Finding notAllowed(List<Known> overdue) {
    return warning(
        "no keys are rotated by this process, since its account may not list and change them"
            + overdue.stream()
                .findFirst()
                .map(first -> ", and nobody else rotates " + since(first))
                .orElse(""),
        "keep a process open whose account may (enclave doctor --permissions names the rights), or"
            + " run enclave keys rotate by an administrator; here set"
            + " enclave.rotation.automatic=off");
  }

  private static String since(Known first) {
    return first.name()
        + " since "
        + first.next().dueAt()
        + ", "
        + first
            .lastFailure()
            .map(code -> attempts(first.failures()) + " failed here, the last with " + code)
            .orElse("which this process has not attempted");
  }

  private static String attempts(int number) {
    return number + (number == 1 ? " attempt" : " attempts");
  }

  private static Finding warning(String observed, String fix) {
    return Finding.of(Severity.WARNING, ErrorCode.ROTATION_OVERDUE, observed, fix);
  }
}

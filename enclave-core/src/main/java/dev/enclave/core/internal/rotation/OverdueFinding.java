package dev.enclave.core.internal.rotation;

import static dev.enclave.diagnosis.HealthReport.Severity.WARNING;
import static dev.enclave.error.ErrorCode.ROTATION_OVERDUE;

import dev.enclave.core.internal.rotation.DueStep.Act;
import dev.enclave.core.internal.rotation.RotationIndex.Known;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import java.util.List;
import java.util.Optional;

/** What health says of keys that should have been rotated: signing goes on, so it is a warning. */
final class OverdueFinding {

  static final Finding CLOCK = Texts.CLOCK_AHEAD.finding(WARNING, ROTATION_OVERDUE);

  private OverdueFinding() {}

  /** One finding for all of them; none if there are none. */
  static Optional<Finding> of(List<Known> overdue) {
    List<Known> rotations = overdue.stream().filter(step -> !step.task().ends()).toList();
    if (!rotations.isEmpty()) {
      Known first = rotations.get(0);
      return Optional.of(
          rotations.size() == 1
              ? Texts.ONE_KEY_OVERDUE.finding(WARNING, ROTATION_OVERDUE, since(first), first.name())
              : Texts.KEYS_OVERDUE.finding(
                  WARNING, ROTATION_OVERDUE, rotations.size(), since(first), first.name()));
    }
    return overdue.stream()
        .findFirst()
        .map(
            first ->
                Texts.VERSIONS_OVERDUE.finding(
                    WARNING,
                    ROTATION_OVERDUE,
                    overdue.size() == 1 ? Texts.ONE_KEY.with() : Texts.KEYS.with(overdue.size()),
                    first.next().version(),
                    since(first),
                    first.next().act() == Act.DISABLE ? "disable" : "destroy",
                    first.name()));
  }

  /** That a version is kept although its time seems to be over. */
  static Finding held(EnclaveException why) {
    return Finding.of(
        WARNING, why.code(), String.valueOf(why.getMessage()), Texts.CLOCK_FIX.with());
  }

  /** That the account of this process may not rotate, and which key in use here shows it. */
  static Finding notAllowed(List<Known> overdue) {
    return overdue.stream()
        .findFirst()
        .map(first -> Texts.NOBODY_ROTATES.finding(WARNING, ROTATION_OVERDUE, since(first)))
        .orElseGet(() -> Texts.MAY_NOT_ROTATE.finding(WARNING, ROTATION_OVERDUE));
  }

  private static String since(Known first) {
    return first
        .lastFailure()
        .map(
            code ->
                (first.failures() == 1 ? Texts.DUE_FAILED_ONCE : Texts.DUE_FAILED)
                    .with(first.name(), first.next().dueAt(), first.failures(), code))
        .orElseGet(() -> Texts.DUE_NOT_ATTEMPTED.with(first.name(), first.next().dueAt()));
  }
}

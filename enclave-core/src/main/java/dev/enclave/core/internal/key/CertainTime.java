package dev.enclave.core.internal.key;

import dev.enclave.KeyVersionId;
import dev.enclave.auditlog.records.ObservedTime;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The time by which is done what cannot be undone: no single clock says that it has come.
 * Thread-safe.
 *
 * <p>Where the backend's answers tell its time, its clock and this machine's both have to say so.
 * Where they tell none, the time has to have been seen to pass: by this process, whose monotonic
 * clock nobody sets, and before it by records, of which two that are far apart count as a step and
 * no more.
 */
public final class CertainTime {

  private final TimeSource time;
  private final AuditTrail audit;
  private final Instant openedAt;
  private final long openedNanos;

  /** From now on this process sees time pass. */
  public CertainTime(TimeSource time, AuditTrail audit) {
    this.time = time;
    this.audit = audit;
    this.openedAt = time.now();
    this.openedNanos = time.nanoTime();
  }

  /** By this machine's clock, or the backend's if that is known and is behind. */
  public Instant agreed(OpenBackend backend) {
    Instant own = time.now();
    return backend.caller().providerTime().filter(own::isAfter).orElse(own);
  }

  /** That this machine's clock and the backend's differ by more than clocks may. */
  public Optional<Finding> health(OpenBackend backend) {
    Instant own = time.now();
    return backend
        .caller()
        .providerTime()
        .filter(its -> Duration.between(its, own).abs().compareTo(VersionLife.CLOCKS_APART) > 0)
        .map(
            its ->
                Texts.CLOCKS_DIFFER.finding(
                    Severity.WARNING,
                    ErrorCode.CLOCK_DOUBTED,
                    shown(own),
                    backend.id(),
                    shown(its)));
  }

  /**
   * Requires that a waiting time is over; the backend has answered just now.
   *
   * @param key a reading of it, whose times count as records
   * @throws PolicyException ({@link ErrorCode#CLOCK_DOUBTED}) if it is not, or nobody can tell
   */
  public void requireOver(
      OpenBackend backend, KeyVersionId version, KeySnapshot key, Instant since, Duration wait) {
    List<Instant> times =
        key.versions().stream()
            .flatMap(v -> Stream.concat(Stream.of(v.createdAt()), v.activatedAt().stream()))
            .toList();
    Instant end = since.plus(wait);
    Optional<Instant> told = backend.caller().providerTime();
    Instant own = time.now();
    Instant certain = of(backend, since, wait, times);
    if (certain.isBefore(end)) {
      throw told.map(
              its ->
                  Texts.NOT_OVER_BY_CLOCKS.as(
                      ErrorCode.CLOCK_DOUBTED,
                      version,
                      key.name(),
                      shown(end),
                      wait,
                      shown(own),
                      backend.id(),
                      shown(its)))
          .orElseGet(
              () ->
                  Texts.NOT_OVER_BY_RECORDS.as(
                      ErrorCode.CLOCK_DOUBTED,
                      version,
                      key.name(),
                      shown(end),
                      wait,
                      shown(own),
                      backend.id(),
                      shown(certain)));
    }
  }

  /** Whether a waiting time is over; the backend has answered a while ago at most. */
  public boolean isOver(OpenBackend backend, Instant since, Duration wait) {
    return !of(backend, since, wait, List.of()).isBefore(since.plus(wait));
  }

  private Instant of(OpenBackend backend, Instant since, Duration wait, List<Instant> times) {
    Instant agreed = agreed(backend);
    if (backend.caller().providerTime().isPresent()) {
      return agreed;
    }
    List<Instant> records = new ArrayList<>(times);
    records.addAll(audit.timesOfRecords(since));
    Duration here = Duration.ofNanos(Math.max(0, time.nanoTime() - openedNanos));
    Instant seen = ObservedTime.of(since, wait, records, openedAt).plus(here);
    return seen.isBefore(agreed) ? seen : agreed;
  }

  private static Instant shown(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }
}

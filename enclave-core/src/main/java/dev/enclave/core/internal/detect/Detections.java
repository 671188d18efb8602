package dev.enclave.core.internal.detect;

import dev.enclave.Diagnosis;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.spi.Detection;
import dev.enclave.spi.EnvironmentDetector;
import dev.enclave.spi.EnvironmentSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What all detectors said.
 *
 * @param results in the order of the detectors
 */
public record Detections(List<Result> results) {

  /** All detectors together get this long. */
  static final Duration DEADLINE = Duration.ofMillis(1500);

  /**
   * One detector's answer.
   *
   * @param detector its id
   * @param kind what its presence means
   * @param detection the answer
   */
  public record Result(String detector, EnvironmentDetector.Kind kind, Detection detection) {}

  public Detections {
    results = List.copyOf(results);
  }

  /** Asks all detectors at once; one that does not answer in time is inconclusive. */
  public static Detections run(
      List<EnvironmentDetector> detectors, EnvironmentSnapshot environment) {
    return run(detectors, environment, DEADLINE);
  }

  static Detections run(
      List<EnvironmentDetector> detectors, EnvironmentSnapshot environment, Duration within) {
    if (detectors.isEmpty()) {
      return new Detections(List.of());
    }
    ExecutorService pool =
        Executors.newFixedThreadPool(
            detectors.size(),
            task -> {
              Thread thread = new Thread(task, "enclave-detection");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Callable<Detection>> tasks = new ArrayList<>();
      detectors.forEach(detector -> tasks.add(() -> detector.detect(environment)));
      List<Future<Detection>> answers =
          pool.invokeAll(tasks, within.toMillis(), TimeUnit.MILLISECONDS);
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < answers.size(); i++) {
        results.add(result(detectors.get(i), answer(answers.get(i), within)));
      }
      return new Detections(results);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Detections(
          detectors.stream()
              .map(d -> result(d, new Detection.Inconclusive("it was interrupted")))
              .toList());
    } finally {
      pool.shutdownNow();
    }
  }

  private static Result result(EnvironmentDetector detector, Detection detection) {
    try {
      return new Result(
          Objects.requireNonNull(detector.id()),
          Objects.requireNonNull(detector.kind()),
          detection);
    } catch (RuntimeException e) {
      // What cannot even say what it looks for may have found what is strictest.
      return new Result(
          detector.getClass().getName(),
          EnvironmentDetector.Kind.WORKLOAD,
          new Detection.Inconclusive(
              "its id and kind failed with " + e.getClass().getSimpleName()));
    }
  }

  private static Detection answer(Future<Detection> answer, Duration within)
      throws InterruptedException {
    try {
      return Optional.ofNullable(answer.get())
          .orElse(new Detection.Inconclusive("it answered null"));
    } catch (CancellationException e) {
      return new Detection.Inconclusive("it gave no answer within " + within);
    } catch (ExecutionException e) {
      return new Detection.Inconclusive(
          "it failed with "
              + Optional.<Throwable>ofNullable(e.getCause()).orElse(e).getClass().getSimpleName());
    }
  }

  /** What was said, by detector; of two under one id the first counts. */
  public Map<String, Detection> places() {
    Map<String, Detection> places = new LinkedHashMap<>();
    results.forEach(result -> places.putIfAbsent(result.detector(), result.detection()));
    return places;
  }

  /** For reports. */
  public List<Diagnosis.Signal> describe() {
    return results.stream().map(r -> signal(r.detector(), r.detection())).toList();
  }

  private static Diagnosis.Signal signal(String detector, Detection detection) {
    if (detection instanceof Detection.Present present) {
      return new Diagnosis.Signal(
          detector, "present", ForeignText.of(String.join("; ", present.evidence())));
    } else if (detection instanceof Detection.Absent absent) {
      return new Diagnosis.Signal(detector, "absent", ForeignText.of(absent.reason()));
    }
    return new Diagnosis.Signal(
        detector, "inconclusive", ForeignText.of(((Detection.Inconclusive) detection).reason()));
  }
}

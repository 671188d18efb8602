package dev.enclave.core.internal.detect;

import dev.enclave.Diagnosis;
import dev.enclave.spi.Detection;
import dev.enclave.spi.EnvironmentDetector;
import dev.enclave.spi.EnvironmentSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
          pool.invokeAll(tasks, DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < answers.size(); i++) {
        EnvironmentDetector detector = detectors.get(i);
        results.add(new Result(detector.id(), detector.kind(), answer(answers.get(i))));
      }
      return new Detections(results);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Detections(
          detectors.stream()
              .map(
                  d ->
                      new Result(
                          d.id(), d.kind(), new Detection.Inconclusive("it was interrupted")))
              .toList());
    } finally {
      pool.shutdownNow();
    }
  }

  private static Detection answer(Future<Detection> answer) throws InterruptedException {
    try {
      return answer.get();
    } catch (CancellationException e) {
      return new Detection.Inconclusive("it gave no answer within " + DEADLINE);
    } catch (ExecutionException e) {
      return new Detection.Inconclusive(
          "it failed with "
              + Optional.<Throwable>ofNullable(e.getCause()).orElse(e).getClass().getSimpleName());
    }
  }

  /** For reports. */
  public List<Diagnosis.Signal> describe() {
    return results.stream().map(r -> signal(r.detector(), r.detection())).toList();
  }

  private static Diagnosis.Signal signal(String detector, Detection detection) {
    if (detection instanceof Detection.Present present) {
      return new Diagnosis.Signal(detector, "present", String.join("; ", present.evidence()));
    } else if (detection instanceof Detection.Absent absent) {
      return new Diagnosis.Signal(detector, "absent", absent.reason());
    }
    return new Diagnosis.Signal(
        detector, "inconclusive", ((Detection.Inconclusive) detection).reason());
  }
}

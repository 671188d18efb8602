package dev.enclave.core.internal.detect;

import dev.enclave.spi.Detection;
import dev.enclave.spi.EnvironmentDetector;
import dev.enclave.spi.EnvironmentDetector.Kind;
import dev.enclave.spi.EnvironmentSnapshot;
import dev.enclave.spi.MetadataService;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Asks all detectors at once: first what the machine says, then, only where that does not decide,
 * the metadata service. Used once.
 */
public final class DetectionRun {

  /** Everything together gets this long. */
  static final Duration WITHIN = Duration.ofMillis(1500);

  /** Each probe gets this long; half a second is known to be too short on a busy machine. */
  static final Duration PROBE_WITHIN = Duration.ofSeconds(1);

  /**
   * A probe of any other kind is not asked: whoever can answer on the network must not be able to
   * relax the environment type.
   */
  private static final Set<Kind> PROBED = Set.of(Kind.WORKLOAD, Kind.CLOUD_VM, Kind.CONTEXT);

  /** Silence is what every machine outside a cloud hears, so it is absence and no doubt. */
  private static final Detection SILENCE = new Detection.Absent("no answer in time");

  private final List<EnvironmentDetector> detectors;
  private final EnvironmentSnapshot environment;
  private final TimeSource time;
  private final Duration within;
  private final long begun;

  public DetectionRun(
      List<EnvironmentDetector> detectors, EnvironmentSnapshot environment, TimeSource time) {
    this(detectors, environment, time, WITHIN);
  }

  DetectionRun(
      List<EnvironmentDetector> detectors,
      EnvironmentSnapshot environment,
      TimeSource time,
      Duration within) {
    this.detectors = List.copyOf(detectors);
    this.environment = environment;
    this.time = time;
    this.within = within;
    this.begun = time.nanoTime();
  }

  /**
   * What all detectors say; one that does not answer in time is inconclusive.
   *
   * @param probing whether the metadata service may be asked at all
   */
  public Detections run(boolean probing) {
    ExecutorService pool = Executors.newCachedThreadPool(DetectionRun::daemon);
    try {
      Detections seen = look(pool);
      return probing && !seen.decided() ? probe(pool, seen) : seen;
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

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "enclave-detection");
    thread.setDaemon(true);
    return thread;
  }

  private Detections look(ExecutorService pool) throws InterruptedException {
    List<Callable<Detection>> tasks = new ArrayList<>();
    detectors.forEach(detector -> tasks.add(() -> detector.detect(environment)));
    List<Future<Detection>> answers = all(pool, tasks, within);
    List<Detections.Result> results = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Detection late = new Detection.Inconclusive("it gave no answer within " + within);
      results.add(result(detectors.get(i), answer(answers.get(i), late)));
    }
    return new Detections(results);
  }

  private Detections probe(ExecutorService pool, Detections seen) throws InterruptedException {
    MetadataService metadata = environment.metadata();
    List<Callable<Detection>> tasks = new ArrayList<>();
    for (int i = 0; i < detectors.size(); i++) {
      EnvironmentDetector detector = detectors.get(i);
      Detections.Result result = seen.results().get(i);
      tasks.add(
          () ->
              PROBED.contains(result.kind())
                  ? detector
                      .probe(environment)
                      .map(probe -> together(result.detection(), probe.ask(metadata)))
                      .orElse(result.detection())
                  : result.detection());
    }
    Duration left = within.minusNanos(time.nanoTime() - begun);
    List<Future<Detection>> answers =
        all(pool, tasks, left.compareTo(PROBE_WITHIN) < 0 ? left : PROBE_WITHIN);
    List<Detections.Result> results = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Detections.Result result = seen.results().get(i);
      Detection late = together(result.detection(), SILENCE);
      results.add(
          new Detections.Result(result.detector(), result.kind(), answer(answers.get(i), late)));
    }
    return new Detections(results);
  }

  /** What was probed outweighs what was not seen, but a doubt stays one until it is dispelled. */
  private static Detection together(Detection seen, Detection probed) {
    if (seen instanceof Detection.Inconclusive doubt && !(probed instanceof Detection.Present)) {
      return new Detection.Inconclusive(doubt.reason() + "; metadata: " + reason(probed));
    }
    if (seen instanceof Detection.Absent absent && probed instanceof Detection.Absent) {
      return new Detection.Absent(absent.reason() + "; metadata: " + reason(probed));
    }
    return probed;
  }

  private static String reason(Detection detection) {
    return detection instanceof Detection.Absent absent
        ? absent.reason()
        : ((Detection.Inconclusive) detection).reason();
  }

  private static List<Future<Detection>> all(
      ExecutorService pool, List<Callable<Detection>> tasks, Duration within)
      throws InterruptedException {
    return pool.invokeAll(tasks, Math.max(0, within.toNanos()), TimeUnit.NANOSECONDS);
  }

  private static Detection answer(Future<Detection> answer, Detection late)
      throws InterruptedException {
    try {
      return Optional.ofNullable(answer.get())
          .orElse(new Detection.Inconclusive("it answered null"));
    } catch (CancellationException e) {
      return late;
    } catch (ExecutionException e) {
      return new Detection.Inconclusive(
          "it failed with "
              + Optional.<Throwable>ofNullable(e.getCause()).orElse(e).getClass().getSimpleName());
    }
  }

  private static Detections.Result result(EnvironmentDetector detector, Detection detection) {
    try {
      return new Detections.Result(
          Objects.requireNonNull(detector.id()),
          Objects.requireNonNull(detector.kind()),
          detection);
    } catch (RuntimeException e) {
      // What cannot even say what it looks for may have found what is strictest.
      return new Detections.Result(
          detector.getClass().getName(),
          Kind.WORKLOAD,
          new Detection.Inconclusive(
              "its id and kind failed with " + e.getClass().getSimpleName()));
    }
  }
}

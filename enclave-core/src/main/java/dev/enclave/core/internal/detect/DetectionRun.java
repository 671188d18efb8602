package dev.enclave.core.internal.detect;

import dev.enclave.core.internal.redaction.Unexpected;
import dev.enclave.spi.Detection;
import dev.enclave.spi.EnvironmentDetector;
import dev.enclave.spi.EnvironmentDetector.Kind;
import dev.enclave.spi.EnvironmentSnapshot;
import dev.enclave.spi.MetadataProbe;
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
import java.util.function.Function;

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

  /** What a detector saw, and what it would ask. */
  private record Look(Detection seen, Optional<MetadataProbe> probe) {}

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
      List<Look> looks = look(pool, probing);
      Detections seen = results(looks);
      return probing && !seen.decided() ? probe(pool, looks, seen) : seen;
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

  private List<Look> look(ExecutorService pool, boolean probing) throws InterruptedException {
    List<Callable<Look>> tasks = new ArrayList<>();
    for (EnvironmentDetector detector : detectors) {
      tasks.add(
          () ->
              new Look(
                  detector.detect(environment),
                  probing && PROBED.contains(detector.kind())
                      ? detector.probe(environment)
                      : Optional.empty()));
    }
    List<Future<Look>> answers = all(pool, tasks, within);
    List<Look> looks = new ArrayList<>();
    for (Future<Look> answer : answers) {
      Look late =
          new Look(
              new Detection.Inconclusive("it gave no answer within " + within), Optional.empty());
      looks.add(answer(answer, late, doubt -> new Look(doubt, Optional.empty())));
    }
    return looks;
  }

  private Detections results(List<Look> looks) {
    List<Detections.Result> results = new ArrayList<>();
    for (int i = 0; i < looks.size(); i++) {
      Detection seen =
          Optional.ofNullable(looks.get(i).seen())
              .orElse(new Detection.Inconclusive("it answered null"));
      results.add(result(detectors.get(i), seen));
    }
    return new Detections(results);
  }

  private Detections probe(ExecutorService pool, List<Look> looks, Detections seen)
      throws InterruptedException {
    if (looks.stream().allMatch(look -> look.probe().isEmpty())) {
      return seen;
    }
    MetadataService metadata = environment.metadata();
    List<Integer> asked = new ArrayList<>();
    List<Callable<Detection>> tasks = new ArrayList<>();
    for (int i = 0; i < looks.size(); i++) {
      if (looks.get(i).probe().isPresent()) {
        MetadataProbe probe = looks.get(i).probe().get();
        asked.add(i);
        tasks.add(() -> probe.ask(metadata));
      }
    }
    Duration left = within.minusNanos(time.nanoTime() - begun);
    List<Future<Detection>> answers =
        all(pool, tasks, left.compareTo(PROBE_WITHIN) < 0 ? left : PROBE_WITHIN);
    List<Detections.Result> results = new ArrayList<>(seen.results());
    for (int i = 0; i < answers.size(); i++) {
      Detections.Result result = results.get(asked.get(i));
      Detection probed =
          Optional.ofNullable(answer(answers.get(i), SILENCE, doubt -> doubt))
              .orElse(new Detection.Inconclusive("its probe answered null"));
      results.set(
          asked.get(i),
          new Detections.Result(
              result.detector(), result.kind(), together(result.detection(), probed)));
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

  private static <T> List<Future<T>> all(
      ExecutorService pool, List<Callable<T>> tasks, Duration within) throws InterruptedException {
    return pool.invokeAll(tasks, Math.max(0, within.toNanos()), TimeUnit.NANOSECONDS);
  }

  private static <T> T answer(Future<T> answer, T late, Function<Detection, T> broken)
      throws InterruptedException {
    try {
      return answer.get();
    } catch (CancellationException e) {
      return late;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return broken.apply(
          new Detection.Inconclusive("it failed with " + cause.getClass().getSimpleName()));
    }
  }

  private static Detections.Result result(EnvironmentDetector detector, Detection detection) {
    try {
      return new Detections.Result(
          Objects.requireNonNull(detector.id()),
          Objects.requireNonNull(detector.kind()),
          detection);
    } catch (Exception | Error e) {
      Unexpected.requireNotOfTheMachine(e);
      // What cannot even say what it looks for may have found what is strictest.
      return new Detections.Result(
          detector.getClass().getName(),
          Kind.WORKLOAD,
          new Detection.Inconclusive(
              "its id and kind failed with " + e.getClass().getSimpleName()));
    }
  }
}

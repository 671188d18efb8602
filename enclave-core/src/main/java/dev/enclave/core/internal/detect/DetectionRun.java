package dev.enclave.core.internal.detect;

import dev.enclave.core.internal.texts.Texts;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetector.Kind;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Asks all detectors: first what the machine says, then, only where that does not decide, the
 * metadata service, that all at once. Used once.
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

  private final List<EnvironmentDetector> detectors;
  private final EnvironmentSnapshot environment;
  private final TimeSource time;
  private final Duration within;
  private final Duration probeWithin;
  private final long begun;

  public DetectionRun(
      List<EnvironmentDetector> detectors, EnvironmentSnapshot environment, TimeSource time) {
    this(detectors, environment, time, WITHIN, PROBE_WITHIN);
  }

  DetectionRun(
      List<EnvironmentDetector> detectors,
      EnvironmentSnapshot environment,
      TimeSource time,
      Duration within,
      Duration probeWithin) {
    this.detectors = List.copyOf(detectors);
    this.environment = environment;
    this.time = time;
    this.within = within;
    this.probeWithin = probeWithin;
    this.begun = time.nanoTime();
  }

  /**
   * What all detectors say; one that does not answer in time is inconclusive.
   *
   * @param probing whether the metadata service may be asked at all
   */
  public Detections run(boolean probing) {
    try {
      Detections seen = look();
      return probing && !seen.decided() ? probe(seen) : seen;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Detection interrupted = new Detection.Inconclusive(Texts.DETECTION_INTERRUPTED.with());
      return new Detections(detectors.stream().map(d -> result(d, interrupted)).toList());
    }
  }

  /** An object and no lambda, as all on the way without a probe: see {@link TimedTasks}. */
  private record Look(EnvironmentDetector detector, EnvironmentSnapshot environment)
      implements Callable<Detection> {
    @Override
    public Detection call() {
      return detector.detect(environment);
    }
  }

  private Detections look() throws InterruptedException {
    List<Look> looks = new ArrayList<>();
    for (EnvironmentDetector detector : detectors) {
      looks.add(new Look(detector, environment));
    }
    List<Future<Detection>> answers = TimedTasks.inTurn(looks, within);
    List<Detections.Result> results = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      results.add(result(detectors.get(i), answer(false, answers.get(i))));
    }
    return new Detections(results);
  }

  private Detections probe(Detections seen) throws InterruptedException {
    Map<Integer, MetadataProbe> probes = probes(seen);
    if (probes.isEmpty()) {
      return seen;
    }
    Duration left = left();
    List<Future<Detection>> answers;
    try (MetadataService metadata = environment.metadata()) {
      answers =
          TimedTasks.atOnce(
              probes.values().stream()
                  .map(p -> (Callable<Detection>) () -> p.ask(metadata))
                  .toList(),
              left.compareTo(probeWithin) < 0 ? left : probeWithin);
    }
    List<Detections.Result> results = new ArrayList<>(seen.results());
    Iterator<Future<Detection>> answer = answers.iterator();
    for (int asked : probes.keySet()) {
      Detections.Result result = results.get(asked);
      Detection probed = answer(true, answer.next());
      results.set(
          asked,
          new Detections.Result(
              result.detector(), result.kind(), together(result.detection(), probed)));
    }
    return new Detections(results);
  }

  /** By the detector's index, in order. */
  private Map<Integer, MetadataProbe> probes(Detections seen) throws InterruptedException {
    List<Integer> able = new ArrayList<>();
    List<Callable<Optional<MetadataProbe>>> questions = new ArrayList<>();
    for (int i = 0; i < detectors.size(); i++) {
      if (PROBED.contains(seen.results().get(i).kind())) {
        EnvironmentDetector detector = detectors.get(i);
        able.add(i);
        questions.add(() -> Objects.requireNonNull(detector.probe(environment)));
      }
    }
    List<Future<Optional<MetadataProbe>>> given = TimedTasks.inTurn(questions, left());
    Map<Integer, MetadataProbe> probes = new LinkedHashMap<>();
    for (int i = 0; i < given.size(); i++) {
      Optional<MetadataProbe> probe = given(given.get(i));
      if (probe.isPresent()) {
        probes.put(able.get(i), probe.get());
      }
    }
    return probes;
  }

  /** A detector that cannot say what it would ask leaves a doubt in place of the answer. */
  private Optional<MetadataProbe> given(Future<Optional<MetadataProbe>> question)
      throws InterruptedException {
    Detection doubt;
    try {
      return question.get();
    } catch (CancellationException e) {
      doubt = late();
    } catch (ExecutionException e) {
      doubt = failed(false, e);
    }
    return Optional.of(metadata -> doubt);
  }

  private Duration left() {
    return within.minusNanos(time.nanoTime() - begun);
  }

  /** What was probed outweighs what was not seen, but a doubt stays one until it is dispelled. */
  private static Detection together(Detection seen, Detection probed) {
    if (seen instanceof Detection.Inconclusive doubt && !(probed instanceof Detection.Present)) {
      return new Detection.Inconclusive(Texts.METADATA_TOO.with(doubt.reason(), reason(probed)));
    }
    if (seen instanceof Detection.Absent absent && probed instanceof Detection.Absent) {
      return new Detection.Absent(Texts.METADATA_TOO.with(absent.reason(), reason(probed)));
    }
    return probed;
  }

  private static String reason(Detection detection) {
    return detection instanceof Detection.Absent absent
        ? absent.reason()
        : ((Detection.Inconclusive) detection).reason();
  }

  private Detection answer(boolean probed, Future<Detection> answer) throws InterruptedException {
    try {
      Detection said = answer.get();
      return said == null
          ? new Detection.Inconclusive(Texts.DETECTION_NULL.with(who(probed)))
          : said;
    } catch (CancellationException e) {
      // Silence is what every machine outside a cloud hears, so it is absence and no doubt.
      return probed ? new Detection.Absent(Texts.METADATA_SILENT.with()) : late();
    } catch (ExecutionException e) {
      return failed(probed, e);
    }
  }

  private Detection late() {
    return new Detection.Inconclusive(Texts.DETECTION_LATE.with(within));
  }

  private static Detection failed(boolean probed, ExecutionException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return failed(who(probed), cause.getClass());
  }

  private static Detection failed(String who, Class<?> cause) {
    return new Detection.Inconclusive(Texts.DETECTION_FAILED.with(who, cause.getSimpleName()));
  }

  private static String who(boolean probed) {
    return (probed ? Texts.ITS_PROBE : Texts.THE_DETECTOR).with();
  }

  private static Detections.Result result(EnvironmentDetector detector, Detection detection) {
    try {
      return new Detections.Result(
          Objects.requireNonNull(detector.id()),
          Objects.requireNonNull(detector.kind()),
          detection);
    } catch (Exception | Error e) {
      Unexpected.rethrowFatal(e);
      // What cannot even say what it looks for may have found what is strictest.
      return new Detections.Result(
          detector.getClass().getName(),
          Kind.WORKLOAD,
          failed(Texts.ITS_ID_AND_KIND.with(), e.getClass()));
    }
  }
}

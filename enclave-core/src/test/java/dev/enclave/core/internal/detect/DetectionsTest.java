package dev.enclave.core.internal.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.core.internal.support.HandTime;
import dev.enclave.core.internal.support.MapEnvironment;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetector.Kind;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class DetectionsTest {

  private static final MapEnvironment NOWHERE = new MapEnvironment();

  @Test
  void keepsTheDetectorsOrder() {
    List<EnvironmentDetector> detectors =
        List.of(
            says("a", () -> new Detection.Absent("x")), says("b", () -> Detection.present("y")));

    assertThat(run(detectors, NOWHERE).results())
        .containsExactly(
            new Detections.Result("a", Kind.CI, new Detection.Absent("x")),
            new Detections.Result("b", Kind.CI, Detection.present("y")));
  }

  @Test
  void asksOneAfterAnotherOnOneThread_whileNobodyWaits() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Supplier<Detection> look =
        () -> {
          threads.add(Thread.currentThread());
          return Detection.present("seen");
        };

    run(Collections.nCopies(20, says("a", look)), NOWHERE);

    // A second one only on a machine so busy that the first look of all took long.
    assertThat(threads).hasSizeLessThan(20).doesNotContain(Thread.currentThread());
  }

  @Test
  void asksTheOthersMeanwhile_whereOneWaits() {
    CountDownLatch both = new CountDownLatch(2);
    Supplier<Detection> meet =
        () -> {
          both.countDown();
          await(both);
          return Detection.present("met");
        };

    assertThat(run(List.of(says("a", meet), says("b", meet)), NOWHERE).results())
        .extracting(Detections.Result::detection)
        .containsOnly(Detection.present("met"));
  }

  @Test
  void aDetectorThatDoesNotAnswerIsInconclusive() {
    CountDownLatch never = new CountDownLatch(1);
    EnvironmentDetector stuck =
        says(
            "stuck",
            () -> {
              await(never);
              return Detection.present("too late");
            });

    Detections detections = run(List.of(stuck), NOWHERE, Duration.ofMillis(1));

    assertThat(only(detections))
        .isEqualTo(new Detection.Inconclusive("it gave no answer within PT0.001S"));
  }

  @Test
  void aStuckDetectorDoesNotSpoilAnothersAnswer() {
    CountDownLatch never = new CountDownLatch(1);
    EnvironmentDetector stuck =
        says(
            "stuck",
            () -> {
              await(never);
              return Detection.present("too late");
            });

    List<Detections.Result> results =
        run(List.of(stuck, stuck, says("quick", () -> Detection.present("y"))), NOWHERE).results();

    assertThat(results.get(0).detection()).isInstanceOf(Detection.Inconclusive.class);
    assertThat(results.get(1).detection()).isInstanceOf(Detection.Inconclusive.class);
    assertThat(results.get(2).detection()).isEqualTo(Detection.present("y"));
  }

  @Test
  void aDetectorThatThrowsIsInconclusive_withoutItsMessage() {
    Detections detections =
        run(
            List.of(
                says(
                    "broken",
                    () -> {
                      throw new IllegalStateException("hunter2");
                    })),
            NOWHERE);

    assertThat(only(detections))
        .isEqualTo(new Detection.Inconclusive("it failed with IllegalStateException"));
  }

  @Test
  void aDetectorWithAMissingClassIsInconclusive() {
    Detections detections =
        run(
            List.of(
                says(
                    "broken",
                    () -> {
                      throw new NoClassDefFoundError("sdk");
                    })),
            NOWHERE);

    assertThat(only(detections)).isInstanceOf(Detection.Inconclusive.class);
  }

  @Test
  @SuppressWarnings("NullAway") // A detector of somebody else's may answer null.
  void aDetectorThatAnswersNullIsInconclusive() {
    Detections detections = run(List.of(says("null", () -> null)), NOWHERE);

    assertThat(only(detections)).isEqualTo(new Detection.Inconclusive("it answered null"));
    assertThat(detections.describe()).hasSize(1);
  }

  @Test
  void aDetectorThatCannotNameItselfCountsAsWorkload() {
    EnvironmentDetector nameless =
        new EnvironmentDetector() {
          @Override
          public String id() {
            throw new IllegalStateException("no name");
          }

          @Override
          public Kind kind() {
            return Kind.WORKSTATION;
          }

          @Override
          public Detection detect(EnvironmentSnapshot environment) {
            return Detection.present("a desk");
          }
        };

    Detections.Result result = run(List.of(nameless), NOWHERE).results().get(0);

    assertThat(result.kind()).isEqualTo(Kind.WORKLOAD);
    assertThat(result.detection()).isInstanceOf(Detection.Inconclusive.class);
  }

  @Test
  void anInterruptedCallerGetsNothingConclusive_andStaysInterrupted() {
    CountDownLatch never = new CountDownLatch(1);
    EnvironmentDetector stuck =
        says(
            "stuck",
            () -> {
              await(never);
              return Detection.present("x");
            });
    Thread.currentThread().interrupt();

    Detections detections = run(List.of(stuck), NOWHERE);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(only(detections)).isEqualTo(new Detection.Inconclusive("it was interrupted"));
  }

  @Test
  void withoutDetectorsThereIsNothing() {
    assertThat(run(List.of(), NOWHERE).results()).isEmpty();
  }

  @Test
  void describesEveryAnswerForReports() {
    Detections detections =
        run(
            List.of(
                says("a", () -> Detection.present("x", "y")),
                says("b", () -> new Detection.Absent("none")),
                says("c", () -> new Detection.Inconclusive("maybe"))),
            NOWHERE);

    assertThat(detections.describe())
        .extracting(s -> s.detector() + " " + s.status() + " " + s.detail())
        .containsExactly("a present x; y", "b absent none", "c inconclusive maybe");
  }

  private static Detections run(List<EnvironmentDetector> detectors, MapEnvironment environment) {
    return new DetectionRun(detectors, environment, new HandTime()).run(true);
  }

  private static Detections run(
      List<EnvironmentDetector> detectors, MapEnvironment environment, Duration within) {
    return new DetectionRun(
            detectors, environment, new HandTime(), within, DetectionRun.PROBE_WITHIN)
        .run(true);
  }

  private static Detection only(Detections detections) {
    assertThat(detections.results()).hasSize(1);
    return detections.results().get(0).detection();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static EnvironmentDetector says(String id, Supplier<Detection> answer) {
    return new EnvironmentDetector() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public Kind kind() {
        return Kind.CI;
      }

      @Override
      public Detection detect(EnvironmentSnapshot environment) {
        return answer.get();
      }
    };
  }
}

package dev.enclave.core.internal.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.support.HandTime;
import dev.enclave.core.internal.support.MapEnvironment;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetector.Kind;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ProbingTest {

  private static final Detection HERE = Detection.present("seen");
  private static final Detection NOT_HERE = new Detection.Absent("unseen");
  private static final Detection UNSURE = new Detection.Inconclusive("unclear");

  private final AtomicInteger asked = new AtomicInteger();

  @ParameterizedTest
  @EnumSource(names = "CONTEXT", mode = EnumSource.Mode.EXCLUDE)
  void asksNobody_whenAPlaceThatDecidesIsRecognised(Kind kind) {
    run(true, new Probing(kind, HERE, HERE), new Probing(Kind.CLOUD_VM, NOT_HERE, HERE));

    assertThat(asked).hasValue(0);
  }

  @Test
  void asksNobody_whenItMayNot() {
    run(false, new Probing(Kind.CLOUD_VM, NOT_HERE, HERE));

    assertThat(asked).hasValue(0);
  }

  @Test
  void asks_whenNothingButAContextIsRecognised() {
    Detections detections =
        run(true, new Probing(Kind.CONTEXT, HERE, HERE), new Probing(Kind.CLOUD_VM, UNSURE, HERE));

    assertThat(asked).hasValue(2);
    assertThat(detections.results().get(1).detection()).isEqualTo(HERE);
  }

  @ParameterizedTest
  @EnumSource(names = {"CI", "WORKSTATION"})
  void asksNothingThatCouldRelaxTheEnvironmentType(Kind kind) {
    Detections detections = run(true, new Probing(kind, NOT_HERE, HERE));

    assertThat(asked).hasValue(0);
    assertThat(detections.results().get(0).detection()).isEqualTo(NOT_HERE);
  }

  @Test
  void noAnswerOfTheNetworkChangesTheEnvironmentType() {
    int rows = 0;
    for (Kind kind : Kind.values()) {
      for (Detection seen : List.of(HERE, NOT_HERE, UNSURE)) {
        for (Detection probed : List.of(HERE, NOT_HERE, UNSURE)) {
          for (Detection desk : List.of(HERE, NOT_HERE, UNSURE)) {
            Probing one = new Probing(kind, seen, probed);
            Probing two = new Probing(Kind.WORKSTATION, desk, HERE);
            assertThat(type(run(true, one, two))).isEqualTo(type(run(false, one, two)));
            rows++;
          }
        }
      }
    }
    assertThat(rows).isEqualTo(135);
  }

  @Test
  void aDoubtStaysOne_untilItIsDispelled() {
    assertThat(probed(UNSURE, NOT_HERE))
        .isEqualTo(new Detection.Inconclusive("unclear; metadata: unseen"));
    assertThat(probed(UNSURE, HERE)).isEqualTo(HERE);
    assertThat(probed(NOT_HERE, NOT_HERE))
        .isEqualTo(new Detection.Absent("unseen; metadata: unseen"));
    assertThat(probed(NOT_HERE, UNSURE)).isEqualTo(UNSURE);
  }

  @Test
  void aDetectorThatCannotSayWhatItWouldAskLeavesADoubt() {
    EnvironmentDetector broken =
        new Probing(Kind.CLOUD_VM, NOT_HERE, HERE) {
          @Override
          public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
            throw new IllegalStateException("hunter2");
          }
        };

    assertThat(run(true, broken).results())
        .extracting(Detections.Result::detection)
        .containsExactly(new Detection.Inconclusive("it failed with IllegalStateException"));
  }

  @Test
  void asksAllAtOnce() {
    CountDownLatch together = new CountDownLatch(8);
    List<EnvironmentDetector> detectors = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      detectors.add(
          answering(
              () -> {
                together.countDown();
                await(together);
              }));
    }

    Detections detections = patiently(detectors, Duration.ofMinutes(1));

    assertThat(detections.results()).extracting(Detections.Result::detection).containsOnly(HERE);
  }

  @Test
  void silenceIsAbsence() {
    CountDownLatch never = new CountDownLatch(1);

    Detections detections = patiently(List.of(answering(() -> await(never))), Duration.ofMillis(1));

    assertThat(detections.results())
        .extracting(Detections.Result::detection)
        .containsOnly(new Detection.Absent("unseen; metadata: no answer in time"));
  }

  private EnvironmentDetector answering(Runnable before) {
    return new Probing(Kind.CLOUD_VM, NOT_HERE, HERE) {
      @Override
      public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
        return Optional.of(
            metadata -> {
              before.run();
              return HERE;
            });
      }
    };
  }

  private static Detections patiently(List<EnvironmentDetector> detectors, Duration probeWithin) {
    return new DetectionRun(
            detectors, new MapEnvironment(), new HandTime(), Duration.ofMinutes(1), probeWithin)
        .run(true);
  }

  @Test
  void asksNobody_whenTheFirstLookTookAllTheTime() {
    HandTime time = new HandTime();
    EnvironmentDetector slow =
        new Probing(Kind.CLOUD_VM, NOT_HERE, HERE) {
          @Override
          public Detection detect(EnvironmentSnapshot environment) {
            time.advance(DetectionRun.WITHIN);
            return NOT_HERE;
          }

          @Override
          public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
            return Optional.of(metadata -> HERE);
          }
        };

    assertThat(new DetectionRun(List.of(slow), new MapEnvironment(), time).run(true).results())
        .extracting(Detections.Result::detection)
        .containsExactly(new Detection.Absent("unseen; metadata: no answer in time"));
  }

  private Detection probed(Detection seen, Detection said) {
    return run(true, new Probing(Kind.CLOUD_VM, seen, said)).results().get(0).detection();
  }

  private static Detections run(boolean probing, EnvironmentDetector... detectors) {
    return new DetectionRun(List.of(detectors), new MapEnvironment(), new HandTime()).run(probing);
  }

  private static EnvironmentType type(Detections detections) {
    return EnvironmentInference.infer(Optional.empty(), detections).type();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private class Probing implements EnvironmentDetector {

    private final Kind kind;
    private final Detection seen;
    private final Detection said;

    Probing(Kind kind, Detection seen, Detection said) {
      this.kind = kind;
      this.seen = seen;
      this.said = said;
    }

    @Override
    public String id() {
      return "probing";
    }

    @Override
    public Kind kind() {
      return kind;
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return seen;
    }

    @Override
    public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
      return Optional.of(
          metadata -> {
            asked.incrementAndGet();
            return said;
          });
    }
  }
}

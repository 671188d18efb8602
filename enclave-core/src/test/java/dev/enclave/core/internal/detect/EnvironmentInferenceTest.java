package dev.enclave.core.internal.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.detect.Detections.Result;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rule 5 of the design, as a whole table: every kind in every condition. */
final class EnvironmentInferenceTest {

  private static final Detection HERE = Detection.present("seen");
  private static final Detection NOT_HERE = new Detection.Absent("unseen");
  private static final Detection UNSURE = new Detection.Inconclusive("unclear");
  private static final List<Detection> ANSWERS = List.of(HERE, NOT_HERE, UNSURE);

  @Test
  void configurationDecides_whateverIsDetected() {
    int rows = 0;
    for (EnvironmentType configured : EnvironmentType.values()) {
      for (List<Result> row : table()) {
        assertThat(EnvironmentInference.infer(Optional.of(configured), new Detections(row)))
            .isEqualTo(
                new EnvironmentInference(configured, true, true, "enclave.environment says so"));
        rows++;
      }
    }
    assertThat(rows).isEqualTo(4 * 243);
  }

  @Test
  void everyRowOfTheTableIsInferredByTheRule_inEveryOrder() {
    int rows = 0;
    for (List<Result> row : table()) {
      EnvironmentType expected = rule(row);
      for (int turn = 0; turn < row.size(); turn++) {
        List<Result> turned = new ArrayList<>(row);
        Collections.rotate(turned, turn);
        assertThat(infer(turned).type()).as("%s", turned).isEqualTo(expected);
        assertThat(infer(turned).declared()).isFalse();
        rows++;
      }
    }
    assertThat(rows).isEqualTo(5 * 243);
  }

  /** The rule in the design's own words and order, written without the code. */
  private static EnvironmentType rule(List<Result> row) {
    if (has(row, Kind.WORKLOAD, HERE)) {
      return EnvironmentType.PRODUCTION;
    }
    if (has(row, Kind.WORKLOAD, UNSURE)) {
      return EnvironmentType.PRODUCTION;
    }
    if (has(row, Kind.CI, HERE)) {
      return EnvironmentType.DEVELOPMENT;
    }
    boolean laptop = has(row, Kind.WORKSTATION, HERE);
    boolean doubt = has(row, Kind.CI, UNSURE) || has(row, Kind.CLOUD_VM, UNSURE);
    return laptop && !doubt && !has(row, Kind.CLOUD_VM, HERE)
        ? EnvironmentType.DEVELOPMENT
        : EnvironmentType.PRODUCTION;
  }

  @Test
  void twoDetectorsOfOneKindAreReadStrictly_inBothOrders() {
    for (Kind kind : List.of(Kind.WORKLOAD, Kind.CI, Kind.CLOUD_VM, Kind.WORKSTATION)) {
      for (Detection other : ANSWERS) {
        Result one = new Result("one", kind, HERE);
        Result two = new Result("two", kind, other);
        boolean relaxed = kind == Kind.CI || kind == Kind.WORKSTATION;
        EnvironmentType expected =
            relaxed && other != UNSURE ? EnvironmentType.DEVELOPMENT : EnvironmentType.PRODUCTION;

        assertThat(infer(List.of(one, two)).type()).isEqualTo(expected);
        assertThat(infer(List.of(two, one)).type()).isEqualTo(expected);
      }
    }
  }

  @Test
  void aContextDecidesNothing() {
    for (Detection answer : ANSWERS) {
      assertThat(infer(List.of(new Result("container", Kind.CONTEXT, answer))))
          .isEqualTo(infer(List.of()));
    }
  }

  @Test
  void anUnknownPlaceIsProduction_andNotRecognised() {
    assertThat(infer(List.of()).type()).isEqualTo(EnvironmentType.PRODUCTION);
    assertThat(infer(List.of()).recognised()).isFalse();
  }

  @Test
  void aRecognisedWorkloadIsRecognised_thoughAnotherIsUnclear() {
    Result unsure = new Result("one", Kind.WORKLOAD, UNSURE);
    Result here = new Result("two", Kind.WORKLOAD, HERE);

    assertThat(infer(List.of(unsure, here)).recognised()).isTrue();
    assertThat(infer(List.of(unsure, here)).reason()).isEqualTo("two: seen");
  }

  @Test
  void theReasonNamesTheDetectorInDoubt() {
    assertThat(infer(List.of(new Result("imds", Kind.CLOUD_VM, UNSURE))).reason())
        .isEqualTo("imds is inconclusive (unclear), and what is inconclusive counts as production");
  }

  /** A bare cloud machine may be somebody's workplace, and half a marker is a doubt. */
  @Test
  void whatIsDeclaredIsContradictedByAWorkloadThatIsThere_andByNothingElse() {
    for (EnvironmentType configured : EnvironmentType.values()) {
      for (List<Result> row : table()) {
        Detections detections = new Detections(row);
        boolean contradicted =
            configured != EnvironmentType.PRODUCTION && has(row, Kind.WORKLOAD, HERE);

        assertThat(
                EnvironmentInference.infer(Optional.of(configured), detections)
                    .contradicted(detections))
            .isEqualTo(contradicted ? Optional.of("WORKLOAD: seen") : Optional.empty());
        assertThat(infer(row).contradicted(detections)).isEmpty();
      }
    }
  }

  @Test
  void everyMarkerIsNamedThatContradicts() {
    Detections two =
        new Detections(
            List.of(
                new Result("one", Kind.WORKLOAD, HERE), new Result("two", Kind.WORKLOAD, HERE)));

    assertThat(
            EnvironmentInference.infer(Optional.of(EnvironmentType.STAGING), two).contradicted(two))
        .hasValue("one: seen; two: seen");
  }

  private static EnvironmentInference infer(List<Result> results) {
    return EnvironmentInference.infer(Optional.empty(), new Detections(results));
  }

  private static boolean has(List<Result> row, Kind kind, Detection answer) {
    return row.stream().anyMatch(r -> r.kind() == kind && r.detection() == answer);
  }

  private static List<List<Result>> table() {
    List<List<Result>> rows = List.of(List.of());
    for (Kind kind : Kind.values()) {
      List<List<Result>> longer = new ArrayList<>();
      for (List<Result> row : rows) {
        for (Detection answer : ANSWERS) {
          List<Result> extended = new ArrayList<>(row);
          extended.add(new Result(kind.name(), kind, answer));
          longer.add(extended);
        }
      }
      rows = longer;
    }
    return rows;
  }
}

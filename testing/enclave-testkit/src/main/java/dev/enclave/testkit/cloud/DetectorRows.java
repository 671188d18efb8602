package dev.enclave.testkit.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetectors;
import dev.enclave.testkit.FakeEnvironment;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Tests detectors by rows, one for each place: what is there, who looks, what it says. Extend it,
 * and let the values of variables be {@code hunter2}, which no detector may repeat.
 */
public abstract class DetectorRows {

  /**
   * One place.
   *
   * @param status the name of the {@link Detection}'s record
   * @param word that it says
   */
  public record Row(
      EnvironmentDetector detector, String status, String word, FakeEnvironment environment) {}

  /** All of them. */
  protected abstract Stream<Row> places();

  @TestFactory
  protected Stream<DynamicTest> saysWhatThePlaceIs_andNoValue() {
    return places()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.detector().id() + " " + row.status() + " " + row.word(), () -> test(row)));
  }

  private static void test(Row row) {
    Detection detection = row.detector().detect(row.environment());

    assertThat(detection.getClass().getSimpleName()).isEqualTo(row.status());
    assertThat(detection.toString()).contains(row.word()).doesNotContain("hunter2");
  }

  /** One of those that a provider brings. */
  public static EnvironmentDetector detector(EnvironmentDetectors brought, String id) {
    return brought.detectors().stream().filter(d -> d.id().equals(id)).findAny().orElseThrow();
  }

  /** A row. */
  protected static Row row(
      EnvironmentDetector detector, String status, String word, FakeEnvironment environment) {
    return new Row(detector, status, word, environment);
  }

  /** A place with these variables, each as {@code NAME=value}. */
  protected static FakeEnvironment place(String... variables) {
    return FakeEnvironment.empty().withVariables(variables);
  }
}

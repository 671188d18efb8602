package dev.enclave.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.docs.Guide;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.testkit.contract.KeysContract;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code docs/conformance.md} says what the contract tests of this build found, and no more. */
@Tag("whole-build")
class ConformanceTableTest {

  @Test
  void isWhatTheContractTestsFound() throws IOException {
    List<Found> found = Found.all();
    assertThat(found)
        .as("what the contract tests wrote down; run the whole build: scripts/test.sh --full")
        .extracting(Found::against)
        .contains("REAL", "THIRD_PARTY", "OURS");
    Guide.named("conformance.md").requireGenerated("conformance", tables(found));
  }

  private static String tables(List<Found> found) {
    String heads =
        found.stream().map(f -> " `" + f.backend() + "` " + f.against() + " |").collect(text());
    String what = found.stream().map(f -> " " + f.what() + " |").collect(text());
    String line = "|---|" + "---|".repeat(found.size());
    String traits =
        Arrays.stream(BackendTrait.values())
            .map(
                trait ->
                    "| `"
                        + trait
                        + "` |"
                        + row(found, f -> f.traits().contains(trait.name()) ? "yes" : "no"))
            .collect(text());
    String contracts =
        contracts()
            .map(
                contract ->
                    "| `"
                        + contract
                        + "` |"
                        + row(found, f -> f.contracts().getOrDefault(contract, "not run")))
            .collect(text());
    return "| ran against |" + heads + "\n" + line + "\n| |" + what + "\n" + traits + contracts;
  }

  private static Stream<String> contracts() {
    return Stream.concat(
            Stream.of(BackendContract.class.getInterfaces()),
            Stream.of(KeysContract.class.getInterfaces()))
        .filter(contract -> contract != KeysContract.class)
        .map(Class::getSimpleName)
        .sorted();
  }

  private static String row(List<Found> found, java.util.function.Function<Found, String> cell) {
    return found.stream().map(f -> " " + cell.apply(f) + " |").collect(text()) + "\n";
  }

  private static java.util.stream.Collector<CharSequence, ?, String> text() {
    return Collectors.joining();
  }
}

package dev.enclave.scenarios;

import static java.util.stream.Collectors.joining;

import dev.enclave.EnvironmentType;
import dev.enclave.campaign.docs.Guide;
import dev.enclave.testkit.environments.Recording;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** {@code docs/detection-scenarios.md} says where the engine lands in each recording. */
class DetectionScenariosDocTest {

  private static final String FILES =
      "../testing/enclave-testkit/src/main/resources/dev/enclave/testkit/environments/";

  private static final Predicate<Recording> CHOSEN =
      recording -> recording.expected().backend().isPresent();

  private static final Predicate<Recording> PRODUCTION =
      recording -> recording.expected().environment() == EnvironmentType.PRODUCTION;

  private static final Predicate<Recording> DECLARED =
      recording -> recording.settings().containsKey("enclave.environment");

  private static final Predicate<Recording> LOWERED =
      recording -> recording.settings().containsKey("enclave.minimum-assurance");

  private final Guide document = Guide.named("detection-scenarios.md");

  @Test
  void countsTheCommonOnes() throws IOException {
    List<Recording> common = Recording.all().stream().filter(Recording::common).toList();
    List<Recording> landed =
        common.stream().filter(recording -> Landing.of(recording).isExpected(recording)).toList();
    List<Recording> bare =
        landed.stream().filter(recording -> Landing.bare(recording).isExpected(recording)).toList();
    Predicate<Recording> set = recording -> !bare.contains(recording);
    document.requireGenerated(
        "summary",
        String.format(
            Locale.ROOT,
            "%d scenarios, %d of them common deployments. Of the common ones, %d (%.1f %%) get"
                + " the backend that is expected there:\n\n"
                + "- %d with nothing set at all;\n"
                + "- %d in PRODUCTION with nothing set but the audit log's place, without which"
                + " nothing starts there;\n"
                + "- %d with an address besides: a vault, a key ring or a region;\n"
                + "- %d with a key to seal Secrets, and the minimum lowered to it;\n"
                + "- %d with `enclave.environment` set, which SOFTWARE keys need.\n",
            Recording.all().size(),
            common.size(),
            landed.size(),
            landed.size() * 100.0 / common.size(),
            count(bare, PRODUCTION.negate()),
            count(bare, PRODUCTION),
            count(landed, set.and(DECLARED.negate()).and(LOWERED.negate())),
            count(landed, set.and(DECLARED.negate()).and(LOWERED)),
            count(landed, set.and(DECLARED))));
  }

  private static long count(List<Recording> recordings, Predicate<Recording> which) {
    return recordings.stream().filter(which).count();
  }

  @Test
  void listsWhereABackendIsChosen() throws IOException {
    document.requireGenerated(
        "chosen",
        "| recording | what | common | present | in doubt | type | backend | settings |\n"
            + "|---|---|---|---|---|---|---|---|\n"
            + Recording.all().stream()
                .filter(CHOSEN)
                .map(
                    recording ->
                        row(
                            link(recording),
                            recording.description(),
                            recording.common() ? "yes" : "",
                            names(recording.expected().present()),
                            names(recording.expected().inconclusive()),
                            recording.expected().environment().name(),
                            recording.expected().backend().orElseThrow().value(),
                            settings(recording)))
                .collect(joining()));
  }

  @Test
  void listsWhereNoneIs_withTheReason() throws IOException {
    document.requireGenerated(
        "refused",
        "| recording | what | common | present | in doubt | type | why no backend |\n"
            + "|---|---|---|---|---|---|---|\n"
            + Recording.all().stream()
                .filter(CHOSEN.negate())
                .map(
                    recording ->
                        row(
                            link(recording),
                            recording.description(),
                            recording.common() ? "yes" : "",
                            names(recording.expected().present()),
                            names(recording.expected().inconclusive()),
                            recording.expected().environment().name(),
                            recording.expected().reason().orElseThrow()))
                .collect(joining()));
  }

  private static String link(Recording recording) {
    return "[" + recording.name() + "](" + FILES + recording.name() + ".properties)";
  }

  private static String names(Collection<String> detectors) {
    return String.join(", ", new TreeSet<>(detectors));
  }

  private static String settings(Recording recording) {
    return new TreeMap<>(recording.settings())
        .entrySet().stream()
            .map(
                setting ->
                    setting.getKey().equals("enclave.environment")
                        ? "`" + setting.getKey() + "=" + setting.getValue() + "`"
                        : "`" + setting.getKey() + "`")
            .collect(joining(", "));
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}

package dev.enclave.testkit.docs;

import static java.util.stream.Collectors.joining;

import dev.enclave.testkit.environments.Recording;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class DetectionScenariosDocTest {

  private static final String FILES =
      "../enclave-testkit/src/main/resources/dev/enclave/testkit/environments/";

  private static final Predicate<Recording> CHOSEN =
      recording -> recording.expected().backend().isPresent();

  private final Document document = Document.at("docs/detection-scenarios.md");

  @Test
  void countsTheCommonOnes() {
    List<Recording> common = Recording.all().stream().filter(Recording::common).toList();
    List<Recording> chosen = common.stream().filter(CHOSEN).toList();
    document.requireGenerated(
        "summary",
        String.format(
                Locale.ROOT,
                "%d scenarios, %d of them common deployments. Of the common ones, %d (%.1f %%) get"
                    + " a backend without choosing one:\n"
                    + "%d with nothing set, %d with an address or the audit log's place, %d with a"
                    + " key to seal Secrets and the minimum lowered to it,\n"
                    + "%d with",
                Recording.all().size(),
                common.size(),
                chosen.size(),
                chosen.size() * 100.0 / common.size(),
                count(chosen, recording -> recording.settings().isEmpty()),
                count(
                    chosen,
                    recording ->
                        !recording.settings().isEmpty()
                            && !declared(recording)
                            && !lowered(recording)),
                count(chosen, recording -> lowered(recording) && !declared(recording)),
                count(chosen, DetectionScenariosDocTest::declared))
            + " `enclave.environment` set, which SOFTWARE keys need.\n");
  }

  private static long count(List<Recording> recordings, Predicate<Recording> which) {
    return recordings.stream().filter(which).count();
  }

  private static boolean declared(Recording recording) {
    return recording.settings().containsKey("enclave.environment");
  }

  private static boolean lowered(Recording recording) {
    return recording.settings().containsKey("enclave.minimum-assurance");
  }

  @Test
  void listsWhereABackendIsChosen() {
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
  void listsWhereNoneIs_withTheReason() {
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

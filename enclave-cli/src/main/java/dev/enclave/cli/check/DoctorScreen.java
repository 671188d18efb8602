package dev.enclave.cli.check;

import dev.enclave.cli.text.Painted;
import dev.enclave.cli.text.Painted.Colour;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Diagnosis.Setting;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.diagnosis.Resolution.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What decides of a diagnosis, on one screen of 100 columns; {@link DiagnosisOutput} has all. */
final class DoctorScreen {

  private static final int WIDTH = 100;
  private static final String INDENT = "  ";

  private final Diagnosis diagnosis;
  private final List<Painted> lines = new ArrayList<>();

  private DoctorScreen(Diagnosis diagnosis) {
    this.diagnosis = diagnosis;
  }

  static List<Painted> text(Diagnosis diagnosis) {
    DoctorScreen screen = new DoctorScreen(diagnosis);
    screen.section("Environment", DiagnosisOutput.environment(diagnosis));
    if (!diagnosis.settings().isEmpty()) {
      screen.settings();
    }
    List<String> present = DiagnosisOutput.present(diagnosis);
    screen.section("Signals", present.isEmpty() ? List.of("none") : present);
    screen.section(Texts.SECTION_BACKEND.with(), screen.backend());
    if (!diagnosis.permissions().isEmpty()) {
      screen.section("Permissions", DiagnosisOutput.permissions(diagnosis));
    }
    if (!diagnosis.auditLog().isEmpty()) {
      screen.section(Texts.SECTION_AUDIT_LOG.with(), diagnosis.auditLog());
    }
    screen.findings();
    screen.lines.add(Painted.plain(""));
    screen.lines.add(DiagnosisOutput.verdict(diagnosis));
    screen.lines.add(Painted.plain(Texts.NOT_SHOWN.with()));
    return screen.lines;
  }

  /** Those of one source together. */
  private void settings() {
    lines.add(Painted.of(Colour.TITLE, "Configuration"));
    Map<String, List<String>> bySource = new LinkedHashMap<>();
    for (Setting setting : diagnosis.settings()) {
      bySource
          .computeIfAbsent(setting.source(), source -> new ArrayList<>())
          .add(Text.printable(setting.name() + " = " + setting.value()));
    }
    bySource.forEach(
        (source, settings) -> {
          if (settings.size() == 1) {
            fold(INDENT, settings.get(0) + "  (" + source + ")");
          } else {
            fold(INDENT, source + ":");
            settings.forEach(setting -> fold(INDENT + INDENT, setting));
          }
        });
  }

  private void section(String title, List<String> content) {
    lines.add(Painted.of(Colour.TITLE, title));
    content.forEach(line -> fold(INDENT, line));
  }

  private void fold(String indent, String line) {
    for (String part : Text.folded(indent + line, WIDTH, indent + INDENT)) {
      lines.add(Painted.plain(part));
    }
  }

  /** Why each other one lost is told where none was chosen, among the findings. */
  private List<String> backend() {
    List<String> text = new ArrayList<>();
    text.add(
        diagnosis
            .resolution()
            .map(chosen -> chosen.chosen() + ", " + chosen.reason())
            .orElse(Texts.NONE_CAN_BE_CHOSEN.with()));
    List<String> others =
        DiagnosisOutput.rejections(diagnosis).stream()
            .map(Rejection::backend)
            .map(Object::toString)
            .toList();
    if (!others.isEmpty()) {
      text.add(Texts.OTHERS_NOT_CHOSEN.with(String.join(", ", others)));
    }
    return text;
  }

  /** Findings of one fix are told together. */
  private void findings() {
    lines.add(Painted.of(Colour.TITLE, "Findings"));
    Map<List<Object>, List<Finding>> byFix = new LinkedHashMap<>();
    for (Finding finding : diagnosis.health().findings()) {
      byFix
          .computeIfAbsent(
              List.of(finding.severity(), finding.code(), finding.fix()), fix -> new ArrayList<>())
          .add(finding);
    }
    byFix.values().forEach(this::finding);
    if (byFix.isEmpty()) {
      lines.add(Painted.plain(INDENT + "none"));
    }
  }

  private void finding(List<Finding> alike) {
    Finding first = alike.get(0);
    String severity = first.severity().name();
    String observed = String.join("; ", alike.stream().map(Finding::observed).toList());
    List<String> folded =
        Text.folded(
            INDENT + severity + " " + first.code() + " " + observed, WIDTH, INDENT + INDENT);
    lines.add(
        new Painted(
            INDENT,
            severity,
            first.severity() == Severity.ERROR ? Colour.BAD : Colour.WARNING,
            folded.get(0).substring(INDENT.length() + severity.length())));
    folded.stream().skip(1).map(Painted::plain).forEach(lines::add);
    fold(INDENT + INDENT, "fix: " + first.fix());
  }
}

package dev.enclave.cli.check;

import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Painted;
import dev.enclave.cli.text.Painted.Colour;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Signal;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.diagnosis.Resolution.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A whole diagnosis as text for people and as JSON for programs. */
final class DiagnosisOutput {

  private static final String INDENT = "  ";

  /** Of what is wrapped: 80 columns with two indents before it. */
  private static final int WIDTH = 96;

  /** Changes when a field goes or means something else, not when one is added. */
  private static final int JSON_VERSION = 1;

  private DiagnosisOutput() {}

  static List<Painted> text(Diagnosis diagnosis) {
    List<Painted> lines = new ArrayList<>();
    section(lines, "Environment", environment(diagnosis));
    section(lines, Texts.SECTION_CONFIGURATION.with(), settings(diagnosis));
    section(lines, Texts.SECTION_SIGNALS.with(), signals(diagnosis));
    section(lines, Texts.SECTION_BACKEND.with(), resolution(diagnosis));
    if (!diagnosis.permissions().isEmpty()) {
      section(lines, Texts.SECTION_PERMISSIONS.with(), permissions(diagnosis));
    }
    section(lines, Texts.SECTION_ENGINES.with(), engines(diagnosis));
    if (!diagnosis.auditLog().isEmpty()) {
      section(lines, Texts.SECTION_AUDIT_LOG.with(), diagnosis.auditLog());
    }
    painted(lines, "Findings", findings(diagnosis));
    lines.add(verdict(diagnosis));
    return lines;
  }

  static Painted verdict(Diagnosis diagnosis) {
    return diagnosis.health().healthy()
        ? Painted.of(Colour.GOOD, Texts.READY.with())
        : Painted.of(Colour.BAD, Texts.NOT_READY.with());
  }

  private static void section(List<Painted> lines, String title, List<String> content) {
    painted(lines, title, content.stream().map(Painted::plain).toList());
  }

  private static void painted(List<Painted> lines, String title, List<Painted> content) {
    lines.add(Painted.of(Colour.TITLE, title));
    content.forEach(line -> lines.add(line.indented(INDENT)));
    lines.add(Painted.plain(""));
  }

  static List<String> permissions(Diagnosis diagnosis) {
    return Text.table(
        diagnosis.permissions().stream()
            .map(
                p ->
                    List.of(
                        p.name(),
                        granted(p.grant()),
                        (p.grant() == Grant.EXCESS ? Texts.ALLOWS : Texts.FOR).with(p.neededFor())))
            .toList());
  }

  private static String granted(Grant grant) {
    return switch (grant) {
      case GRANTED -> "granted";
      case MISSING, UNKNOWN -> grant.name();
      case EXCESS -> Texts.TOO_MUCH.with();
    };
  }

  static List<String> environment(Diagnosis diagnosis) {
    return List.of(
        diagnosis.environment().map(Enum::name).orElse("unknown")
            + ": "
            + diagnosis.environmentReason());
  }

  private static List<String> settings(Diagnosis diagnosis) {
    if (diagnosis.settings().isEmpty()) {
      return List.of(Texts.NOTHING_IS_SET.with());
    }
    return Text.table(
        diagnosis.settings().stream()
            .map(s -> List.of(s.name() + " = " + s.value(), "(" + s.source() + ")"))
            .toList());
  }

  private static List<String> signals(Diagnosis diagnosis) {
    List<String> lines = new ArrayList<>(present(diagnosis));
    List<String> absent =
        diagnosis.signals().stream().filter(DiagnosisOutput::absent).map(Signal::detector).toList();
    if (!absent.isEmpty()) {
      lines.add(Texts.ABSENT_DETECTORS.with());
      Text.wrapped(absent, WIDTH).forEach(line -> lines.add(INDENT + line));
    }
    return lines;
  }

  /** What the detectors say that found something. */
  static List<String> present(Diagnosis diagnosis) {
    return Text.table(
        diagnosis.signals().stream()
            .filter(signal -> !absent(signal))
            .map(s -> List.of(s.detector(), s.status(), s.detail()))
            .toList());
  }

  private static boolean absent(Signal signal) {
    return signal.status().equals("absent");
  }

  private static List<String> resolution(Diagnosis diagnosis) {
    List<List<String>> rows = new ArrayList<>();
    diagnosis
        .resolution()
        .ifPresentOrElse(
            r -> rows.add(List.of(r.chosen().value(), "chosen", r.reason())),
            () -> rows.add(List.of("none", "", Texts.NO_BACKEND_CHOSEN.with())));
    for (Rejection rejection : rejections(diagnosis)) {
      rows.add(
          List.of(rejection.backend().value(), Texts.NOT_CHOSEN.with(), withoutName(rejection)));
    }
    return Text.table(rows).stream()
        .flatMap(line -> Text.folded(line, WIDTH, INDENT + INDENT).stream())
        .toList();
  }

  /** The reason, in a line that begins with the backend's name already. */
  private static String withoutName(Rejection rejection) {
    String name = rejection.backend().value() + " is ";
    return rejection.reason().startsWith(name)
        ? rejection.reason().substring(name.length())
        : rejection.reason();
  }

  /** Why each backend that was not chosen was not. */
  static List<Rejection> rejections(Diagnosis diagnosis) {
    return diagnosis.resolution().map(Resolution::rejected).orElse(diagnosis.candidates());
  }

  private static List<String> engines(Diagnosis diagnosis) {
    Map<String, List<String>> algorithms = new LinkedHashMap<>();
    for (Diagnosis.EngineInfo info : diagnosis.engines()) {
      algorithms
          .computeIfAbsent(
              Texts.ENGINE_AND_MEMORY.with(info.engine(), info.memory()),
              engine -> new ArrayList<>())
          .add(info.algorithm().name());
    }
    List<String> lines = new ArrayList<>();
    algorithms.forEach(
        (engine, names) -> {
          lines.add(engine);
          Text.wrapped(names, WIDTH).forEach(line -> lines.add(INDENT + line));
        });
    return lines;
  }

  private static List<Painted> findings(Diagnosis diagnosis) {
    List<Painted> lines = new ArrayList<>();
    for (Finding finding : diagnosis.health().findings()) {
      lines.add(
          new Painted(
              "",
              finding.severity().name(),
              finding.severity() == Severity.ERROR ? Colour.BAD : Colour.WARNING,
              " " + finding.code() + " (" + finding.category() + ")"));
      lines.add(Painted.plain(INDENT + "observed: " + finding.observed()));
      lines.add(Painted.plain(INDENT + "fix:      " + finding.fix()));
    }
    return lines.isEmpty() ? List.of(Painted.plain("none")) : lines;
  }

  static List<String> json(Diagnosis diagnosis) {
    return JsonOutput.object(
        out -> {
          out.writeNumberField("version", JSON_VERSION);
          out.writeBooleanField("ready", diagnosis.health().healthy());
          JsonOutput.field(out, "environment", diagnosis.environment());
          out.writeStringField("environmentReason", diagnosis.environmentReason());
          JsonOutput.array(
              out,
              "settings",
              diagnosis.settings(),
              (json, setting) -> {
                json.writeStringField("name", setting.name());
                json.writeStringField("value", setting.value());
                json.writeStringField("source", setting.source());
              });
          JsonOutput.array(
              out,
              "signals",
              diagnosis.signals(),
              (json, signal) -> {
                json.writeStringField("detector", signal.detector());
                json.writeStringField("status", signal.status());
                json.writeStringField("detail", signal.detail());
              });
          JsonOutput.field(out, "backend", diagnosis.resolution().map(Resolution::chosen));
          JsonOutput.field(out, "backendReason", diagnosis.resolution().map(Resolution::reason));
          JsonOutput.array(
              out,
              "rejected",
              rejections(diagnosis),
              (json, rejection) -> {
                json.writeStringField("backend", rejection.backend().value());
                json.writeStringField("reason", rejection.reason());
              });
          JsonOutput.array(
              out,
              "permissions",
              diagnosis.permissions(),
              (json, permission) -> {
                json.writeStringField("name", permission.name());
                json.writeStringField("neededFor", permission.neededFor());
                json.writeBooleanField("granted", permission.granted());
                json.writeStringField("fix", permission.fix());
                json.writeBooleanField("unknown", permission.grant() == Grant.UNKNOWN);
                json.writeBooleanField("excess", permission.grant() == Grant.EXCESS);
              });
          JsonOutput.field(
              out, "accessPolicy", diagnosis.accessPolicy().map(Diagnosis.AccessPolicy::text));
          JsonOutput.array(
              out,
              "engines",
              diagnosis.engines(),
              (json, engine) -> {
                json.writeStringField("algorithm", engine.algorithm().name());
                json.writeStringField("engine", engine.engine());
                json.writeStringField("memory", engine.memory());
              });
          out.writeArrayFieldStart("auditLog");
          for (String line : diagnosis.auditLog()) {
            out.writeString(line);
          }
          out.writeEndArray();
          JsonOutput.array(
              out,
              "findings",
              diagnosis.health().findings(),
              (json, finding) -> {
                json.writeStringField("severity", finding.severity().name());
                json.writeStringField("code", finding.code().name());
                json.writeStringField("category", finding.category().name());
                json.writeStringField("observed", finding.observed());
                json.writeStringField("fix", finding.fix());
              });
        });
  }
}

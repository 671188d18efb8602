package dev.enclave.core.internal;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Configuration.IgnoredLowering;
import dev.enclave.core.internal.config.Configuration.Overridden;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.key.Backends;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is told of the configuration at every start, though it does not end the start. */
final class StartWarnings {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private StartWarnings() {}

  private static final int LONGEST_LINE = 200;

  /**
   * One line, a warning if anything is reduced, and one more if a setting is overridden; what is
   * behind them goes to DEBUG, and doctor shows it.
   */
  static void announce(StartUpContext context, Engine engine, Optional<String> shortenedRetention) {
    Backends backends = engine.backends();
    SecurityPolicy policy = engine.policy();
    Resolution resolution = engine.resolution();
    Assurance provided =
        context
            .providers()
            .find(resolution.chosen())
            .map(BackendProvider::assuranceCeiling)
            .orElse(policy.minimumAssurance());
    BackendDescription opened = backends.resolved().description();
    Assurance ceiling = opened.assuranceCeiling().orElse(provided);
    List<Finding> reduced = new ArrayList<>(backends.resolvedFindings());
    if (provided != Assurance.HSM) {
      protection(policy.environment(), ceiling).ifPresent(reduced::add);
    }
    AuditLocation.ephemeral(context).ifPresent(reduced::add);
    reduced.addAll(of(context));
    String warnings = reduced.isEmpty() ? "" : ". " + BackendOpener.warnings(reduced);
    LOG.log(
        reduced.isEmpty() ? Level.INFO : Level.WARNING,
        Texts.ENCLAVE_IS_OPEN.with(
            isReduced(backends) ? Texts.WITH_REDUCED_SECURITY.with() : "",
            resolution.chosen(),
            ceiling,
            policy.environment(),
            context.inference().declared() ? "" : Texts.INFERRED.with(),
            warnings));
    BackendOpener.detail(resolution.chosen(), reduced);
    overridden(context.configuration()).ifPresent(line -> LOG.log(Level.INFO, "{0}", line));
    // In whole, since this start alone finds it.
    shortenedRetention
        .map(AuditLocation::shortened)
        .ifPresent(f -> LOG.log(Level.WARNING, "{0}; {1}", f.observed(), f.fix()));
  }

  private static boolean isReduced(Backends backends) {
    return backends.resolvedFindings().stream()
        .anyMatch(finding -> finding.code() == ErrorCode.ASSURANCE_TOO_LOW);
  }

  /** Which settings have another value in a source that does not win; never the values. */
  private static Optional<String> overridden(Configuration configuration) {
    String line = "";
    int told = 0;
    for (Overridden each : configuration.overridden()) {
      String clause = each.name() + " (" + each.observed() + ")";
      int length = Texts.SEVERAL_VALUES.with(line).length() + clause.length();
      if (told > 0 && length > LONGEST_LINE) {
        break;
      }
      line += (told == 0 ? "" : ", ") + clause;
      told++;
    }
    int more = configuration.overridden().size() - told;
    if (told == 0) {
      return Optional.empty();
    }
    return Optional.of(
        more == 0
            ? Texts.SEVERAL_VALUES.with(line)
            : Texts.SEVERAL_VALUES_AND_MORE.with(line, more));
  }

  static List<Finding> of(StartUpContext context) {
    List<Finding> warnings = new ArrayList<>(ignored(context));
    for (String passedOver : context.configuration().passedOver()) {
      warnings.add(Texts.PASSED_OVER.warning(ErrorCode.SETTING_IGNORED, passedOver));
    }
    marker(context)
        .map(
            evidence ->
                Texts.BELOW_MARKER.warning(
                    ErrorCode.ENVIRONMENT_BELOW_MARKER,
                    context.configuration().stated(Settings.ENVIRONMENT),
                    evidence))
        .ifPresent(warnings::add);
    return warnings;
  }

  /**
   * What protects the keys of a place for development, and what does not; nothing for an HSM.
   *
   * @param ceiling what the backend gives at best
   */
  private static Optional<Finding> protection(EnvironmentType type, Assurance ceiling) {
    if (type.isStrict() || ceiling == Assurance.HSM) {
      return Optional.empty();
    }
    return Optional.of(
        Texts.PROTECTION.warning(ErrorCode.ASSURANCE_TOO_LOW, type, protection(ceiling)));
  }

  private static String protection(Assurance ceiling) {
    return switch (ceiling) {
      case PLAINTEXT -> Texts.PROTECTION_PLAINTEXT.with();
      case SOFTWARE -> Texts.PROTECTION_SOFTWARE.with();
      case OS_SEALED -> Texts.PROTECTION_OS_SEALED.with();
      case HSM_WRAPPED -> Texts.PROTECTION_HSM_WRAPPED.with();
      case HARDWARE -> Texts.PROTECTION_HARDWARE.with();
      case HSM -> Texts.PROTECTION_HSM.with();
    };
  }

  /** The values that are not in force, since they would lower what an earlier source states. */
  static List<Finding> ignored(StartUpContext context) {
    return context.configuration().ignored().stream()
        .map(
            ignored ->
                Finding.of(
                    Severity.WARNING, ErrorCode.SETTING_IGNORED, ignored.observed(), ignored.fix()))
        .toList();
  }

  /**
   * The same for the record of the start.
   *
   * @param findings what the resolved backend warns of
   */
  static Map<String, String> details(StartUpContext context, List<Finding> findings) {
    Map<String, String> details = new TreeMap<>();
    for (Finding finding : findings) {
      details.merge(
          "finding." + finding.code(),
          Findings.withoutStop(finding.observed()),
          (one, other) -> one + "; " + other);
    }
    context
        .configuration()
        .overridden()
        .forEach(each -> details.put("overridden." + each.name(), each.observed()));
    for (IgnoredLowering ignored : context.configuration().ignored()) {
      details.merge(
          "ignored." + ignored.name(), ignored.observed(), (one, other) -> one + "; " + other);
    }
    marker(context).ifPresent(evidence -> details.put("workloadMarker", evidence));
    return details;
  }

  private static Optional<String> marker(StartUpContext context) {
    return context.inference().contradicted(context.detections()).map(ForeignText::of);
  }
}

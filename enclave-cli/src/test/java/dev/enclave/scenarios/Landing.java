package dev.enclave.scenarios;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.EnvironmentType;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.ConfigurationLoader;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.policy.PolicyLoader;
import dev.enclave.core.internal.resolve.Resolver;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.resolve.Resolver.Question;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.startup.EnclaveFactory;
import dev.enclave.testkit.environments.Recording;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where a recorded environment lands: detected by the engine as at a start, chosen by its resolver
 * and policy among the stand-ins.
 *
 * @param undeclared what the engine says where nothing is set
 * @param answer which backend is chosen with the recording's settings
 */
record Landing(Diagnosis undeclared, Answer answer) {

  static Landing of(Recording recording) {
    Diagnosis undeclared = EnclaveFactory.builder().with(recording.snapshot()).rehearse();
    return new Landing(undeclared, choose(recording, undeclared));
  }

  private static Answer choose(Recording recording, Diagnosis undeclared) {
    EnvironmentSnapshot environment = recording.snapshot();
    Configuration configuration =
        ConfigurationLoader.load(
            new SettingNames(StandIn.ALL.stream().collect(toMap(StandIn::id, StandIn::settings))),
            environment,
            Optional.empty(),
            List.of(new ConfigSource("the recording", recording.settings())),
            Landing.class.getClassLoader());
    Optional<EnvironmentType> declared =
        configuration.getEnum(SettingNames.ENVIRONMENT, EnvironmentType.class);
    Map<String, Detection> places =
        undeclared.signals().stream()
            .collect(toMap(Diagnosis.Signal::detector, Landing::detection));
    return Resolver.resolve(
        new Question(
            StandIn.ALL.stream()
                .map(
                    backend ->
                        backend.candidate(
                            new DetectionContext(
                                environment, configuration.section(backend.id()), places)))
                .toList(),
            Optional.empty(),
            Optional.empty(),
            policy(declared.orElseGet(() -> undeclared.environment().orElseThrow()), configuration),
            declared.isPresent(),
            configuration.isTrue(SettingNames.ACKNOWLEDGE)));
  }

  private static SecurityPolicy policy(EnvironmentType type, Configuration configuration) {
    PolicyLoader.Reading reading = PolicyLoader.read(type, configuration);
    if (!reading.refusals().isEmpty()) {
      throw reading.refusals().get(0);
    }
    return reading.policy();
  }

  private static Detection detection(Diagnosis.Signal signal) {
    return switch (signal.status()) {
      case "present" -> Detection.present(signal.detail());
      case "absent" -> new Detection.Absent(signal.detail());
      case "inconclusive" -> new Detection.Inconclusive(signal.detail());
      default -> throw new AssertionError(signal.status());
    };
  }

  /** The detectors of a status. */
  Set<String> detectors(String status) {
    return undeclared.signals().stream()
        .filter(signal -> signal.status().equals(status))
        .map(Diagnosis.Signal::detector)
        .collect(java.util.stream.Collectors.toCollection(TreeSet::new));
  }

  Optional<BackendId> backend() {
    return answer instanceof Answer.Chosen chosen
        ? Optional.of(chosen.resolution().chosen())
        : Optional.empty();
  }

  /** The codes of a refusal, what the engine says of the place included; none if one is chosen. */
  Set<ErrorCode> codes() {
    return answer instanceof Answer.Refused refused
        ? Stream.concat(refused.findings().stream(), undeclared.health().findings().stream())
            .map(Finding::code)
            .collect(toSet())
        : Set.of();
  }
}

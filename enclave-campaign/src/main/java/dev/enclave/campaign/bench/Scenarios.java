package dev.enclave.campaign.bench;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What is played at a cloud: what it says it has, and imports exactly if its backend imports. */
public final class Scenarios {

  private Scenarios() {}

  public static Set<Scenario> of(CloudUnderTest cloud) {
    Set<Scenario> scenarios = EnumSet.copyOf(cloud.scenarios());
    if (scenarios.removeIf(Scenario::restores) && imports(cloud)) {
      EnumSet.copyOf(cloud.scenarios()).stream().filter(Scenario::restores).forEach(scenarios::add);
    }
    return scenarios;
  }

  /** Whether the backend declares that it takes keys in. */
  public static boolean imports(CloudUnderTest whole) {
    CloudUnderTest cloud = whole.alone();
    try (Bench bench = new Bench(cloud)) {
      // The first opening of a process loads the provider's SDK, for which a busy machine needs
      // more than one attempt has.
      bench.openCalm().close();
      try (SigningBackend backend = cloud.provider().open(context(bench, cloud.provider().id()))) {
        return backend.traits().contains(BackendTrait.IMPORTS);
      }
    } catch (BackendFailure e) {
      throw new IllegalStateException("the backend does not open: " + e.getMessage(), e);
    }
  }

  private static BackendContext context(Bench bench, BackendId id) {
    String prefix = "enclave." + id + ".";
    Map<String, String> own = new HashMap<>();
    Deployment deployment = bench.deployment();
    deployment
        .settings()
        .forEach(
            (name, value) -> {
              if (name.startsWith(prefix)) {
                own.put(name.substring(prefix.length()), value);
              }
            });
    return BackendContext.of(
        new BackendSettings(id, own),
        EnvironmentType.valueOf(
            deployment
                .settings()
                .getOrDefault("enclave.environment", "production")
                .toUpperCase(Locale.ROOT)),
        deployment.machine(),
        bench.time(),
        new SecureRandom());
  }
}

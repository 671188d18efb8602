package dev.enclave.campaign.bench;

import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import java.util.EnumSet;
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
      try (SigningBackend backend =
          cloud.provider().open(bench.deployment().context(cloud.provider().id(), bench.time()))) {
        return backend.traits().contains(BackendTrait.IMPORTS);
      }
    } catch (BackendFailure e) {
      throw new IllegalStateException("the backend does not open: " + e.getMessage(), e);
    }
  }
}

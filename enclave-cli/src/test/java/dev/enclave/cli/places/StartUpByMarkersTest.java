package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.EnvironmentType;
import dev.enclave.error.EnclaveException;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole starts, with the cloud's HSM, an OS store and a software store on offer. */
@Tag("full")
final class StartUpByMarkersTest {

  private static final List<String> MARKERS =
      List.of(
          "AWS_LAMBDA_FUNCTION_NAME",
          "AWS_LAMBDA_RUNTIME_API",
          "WEBSITE_SITE_NAME",
          "WEBSITE_INSTANCE_ID",
          "K_SERVICE",
          "K_REVISION");

  private static final List<String> RELAXING =
      List.of("GITHUB_ACTIONS", "GITHUB_RUN_ID", "CODESPACES", "CODESPACE_NAME");

  private int production;
  private int development;
  private int refused;

  @Test
  void startsInProductionOnTheHsmAlone_andOnlyAfterItsCheck() {
    forEverySubset(new PlaceBoundProvider(true));

    assertThat(production).isPositive();
    assertThat(development).isPositive();
    assertThat(refused).isPositive();
  }

  @Test
  void startsNowhereElse_whenTheCloudDoesNotKnowTheMarkers() {
    forEverySubset(new PlaceBoundProvider(false));

    assertThat(production).isZero();
    assertThat(development).isPositive();
  }

  private void forEverySubset(PlaceBoundProvider cloud) {
    int all = MARKERS.size() + RELAXING.size();
    for (int subset = 0; subset < 1 << all; subset++) {
      boolean workload = (subset & ((1 << MARKERS.size()) - 1)) != 0;
      int before = cloud.checks();
      try (Enclave enclave = open(cloud, environment(subset))) {
        EnvironmentType type = enclave.policy().environment();
        boolean strict = enclave.resolution().chosen().equals(cloud.id());
        if (type == EnvironmentType.PRODUCTION) {
          assertThat(strict).as("subset %s", subset).isTrue();
          production++;
        } else {
          assertThat(workload).as("subset %s", subset).isFalse();
          development++;
        }
        assertThat(cloud.checks() > before).isEqualTo(strict);
      } catch (EnclaveException e) {
        refused++;
      }
    }
  }

  private static Enclave open(PlaceBoundProvider cloud, FakeEnvironment environment) {
    return EnclaveFactory.builder()
        .with(environment)
        .with(cloud)
        .with(new InMemoryProvider().id("desk").assurance(Assurance.OS_SEALED))
        .with(new RecordingAuditSink())
        .open();
  }

  private static FakeEnvironment environment(int subset) {
    FakeEnvironment environment = FakeEnvironment.empty().withProperty("user.home", "/nowhere");
    for (int i = 0; i < MARKERS.size() + RELAXING.size(); i++) {
      if ((subset & (1 << i)) != 0) {
        String name = i < MARKERS.size() ? MARKERS.get(i) : RELAXING.get(i - MARKERS.size());
        environment = environment.withVariable(name, "x");
      }
    }
    return environment;
  }
}

package dev.enclave.kubernetes.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What RBAC does not grant is told by doctor, and by the operation that needs it. */
@ExtendWith(SharedApiServer.class)
class PermissionsTest {

  private final ApiServer server;

  PermissionsTest(ApiServer server) {
    this.server = server;
  }

  private static SigningBackend open(Pod pod) throws BackendFailure {
    return new KubernetesBackendProvider().open(pod.context(EnvironmentType.LOCAL, Map.of()));
  }

  private static List<Permission> permissions(Pod pod) throws BackendFailure {
    try (SigningBackend backend = open(pod)) {
      return backend.capability(PermissionProber.class).orElseThrow().permissions(Pod.call());
    }
  }

  private static List<String> granted(Pod pod) throws BackendFailure {
    return permissions(pod).stream().filter(Permission::granted).map(Permission::name).toList();
  }

  @Test
  void tellsThatAllIsGranted() throws BackendFailure {
    assertThat(granted(Pod.in(server)))
        .containsExactly("get secrets", "create secrets", "update secrets", "list secrets");
  }

  @Test
  void tellsThatNothingIsGranted_andHowToMendIt() throws BackendFailure {
    Pod pod = Pod.withoutRights(server);
    assertThat(granted(pod)).isEmpty();
    try (SigningBackend backend = open(pod)) {
      HealthReport report = backend.health(Pod.call());
      assertThat(report.healthy()).isFalse();
      assertThat(report.findings())
          .filteredOn(finding -> finding.code() == ErrorCode.ACCESS_DENIED)
          .extracting(Finding::fix)
          .singleElement()
          .asString()
          .contains("{apiGroups: [\"\"], resources: [secrets], verbs: [get]}");
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class, () -> backend.load(KeyName.of("payments"), Pod.call()));
      assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
      assertThat(failure)
          .hasMessageContaining("get on Secret " + pod.namespace() + "/enclave-payments-key")
          .hasMessageContaining("verbs: [get], resourceNames: [enclave-payments-key]");
    }
  }

  @Test
  void countsRightsThatAreLimitedToNames_whereTheyCanBe() throws BackendFailure {
    Pod pod = Pod.withoutRights(server);
    pod.allow("get, list, create, update", "enclave-payments-key");
    assertThat(granted(pod)).containsExactly("get secrets", "update secrets");
    assertThat(permissions(pod))
        .extracting(Permission::name)
        .containsExactly("get secrets", "create secrets", "update secrets", "list secrets");
    try (SigningBackend backend = open(pod)) {
      assertThat(backend.health(Pod.call()).healthy()).isTrue();
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class, () -> backend.load(KeyName.of("payments"), Pod.call()));
      assertThat(failure.code()).isEqualTo(FailureCode.NOT_FOUND);
    }
  }

  /** A role that names Secrets reaches the keys that it names, and no others. */
  @Test
  void countsNoRightToASecretThatIsNoKeys() throws BackendFailure {
    Pod pod = Pod.withoutRights(server);
    pod.allow("get, update", "database-password");
    assertThat(granted(pod)).isEmpty();
  }
}

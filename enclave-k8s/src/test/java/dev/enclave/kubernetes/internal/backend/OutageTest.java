package dev.enclave.kubernetes.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.LentKek;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.SigningBackend;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An API server that is killed, and comes back. */
@ExtendWith(SharedApiServer.class)
class OutageTest {

  private static final KeyName NAME = KeyName.of("payments");

  private final ApiServer server;
  private final Pod pod;

  OutageTest(ApiServer server) {
    this.server = server;
    this.pod = Pod.in(server);
  }

  @AfterEach
  void resume() {
    server.resume();
  }

  @Test
  void nothingHappened_whileTheApiServerIsDown_andItGoesOnAfterwards() throws BackendFailure {
    try (SigningBackend backend =
        new KubernetesBackendProvider()
            .open(
                pod.context(EnvironmentType.PRODUCTION, Map.of("kek", "hsm:kek"))
                    .lending(new LentKek("kek", Assurance.HSM)))) {
      assertThat(backend.health(Pod.call()).findings()).isEmpty();
      server.interrupt();
      for (int i = 0; i < 2; i++) {
        BackendFailure failure =
            catchThrowableOfType(BackendFailure.class, () -> backend.load(NAME, Pod.call()));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
        assertThat(failure)
            .hasMessageContaining("Secret " + pod.namespace() + "/enclave-payments-key");
      }
      server.resume();
      BackendFailure failure =
          catchThrowableOfType(BackendFailure.class, () -> backend.load(NAME, Pod.call()));
      assertThat(failure.code()).isEqualTo(FailureCode.NOT_FOUND);
    }
  }
}

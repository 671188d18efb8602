package dev.enclave.kubernetes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedApiServer.class)
class InterruptionTest {

  private static final String NAMESPACE = "interruption-test";

  @Test
  void refusesConnections_andHasAllItsDataAgainAfterwards(ApiServer server) {
    URI before = server.uri();
    server.createNamespace(NAMESPACE);
    server.createServiceAccount(NAMESPACE, "kept");
    String path = "/api/v1/namespaces/" + NAMESPACE + "/serviceaccounts/kept";
    String uid = server.admin().get(path).required("metadata", "uid");

    server.interrupt();
    try {
      assertThatThrownBy(() -> new Socket(before.getHost(), before.getPort()))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("refused");
    } finally {
      server.resume();
    }

    assertThat(server.uri()).isEqualTo(before);
    assertThat(server.admin().get(path).required("metadata", "uid")).isEqualTo(uid);
  }
}

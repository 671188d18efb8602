package dev.enclave.emulators.listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** While a server refuses connections, its port is given to nobody else. */
class HeldPortTest {

  private static final int TURNS = 200;

  private final FaultInjector faults = new FaultInjector();

  @Test
  void aServerOverHttpKeepsItsPort() throws Exception {
    try (AwsKmsServer server = AwsKmsServer.builder().faults(faults).start()) {
      keepsItsPort(server.endpoint().getPort());
    }
  }

  @Test
  void aServerOverHttpsKeepsItsPort() throws Exception {
    try (AzureKeyVaultServer server = AzureKeyVaultServer.builder().faults(faults).start()) {
      keepsItsPort(server.vaultUrl().getPort());
      keepsItsPort(server.identityEndpoint().getPort());
    }
  }

  @Test
  void aServerOverGrpcKeepsItsPort() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().faults(faults).start()) {
      keepsItsPort(server.port());
    }
  }

  @Test
  void aServerClosedInAnOutageLetsItsPortGo() throws Exception {
    int port;
    try (AwsKmsServer server = AwsKmsServer.builder().faults(faults).start()) {
      port = server.endpoint().getPort();
      faults.beginOutage(Fault.Outage.REFUSED);
    }
    listenAt(port);
  }

  @Test
  void aServerSaysWhyItCannotListen() {
    try (AwsKmsServer first = AwsKmsServer.builder().start();
        GcpKmsServer second = GcpKmsServer.builder().start()) {
      int taken = first.endpoint().getPort();
      assertThatThrownBy(() -> AwsKmsServer.builder().port(taken).start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(
              "127.0.0.1:" + taken, "Address already in use", "Choose another port");
      assertThatThrownBy(() -> GcpKmsServer.builder().port(second.port()).start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(
              ":" + second.port(), "Address already in use", "Choose another port");
    }
  }

  private void keepsItsPort(int port) throws IOException {
    for (int times = 0; times < TURNS; times++) {
      connectTo(port);
      faults.beginOutage(Fault.Outage.REFUSED);
      assertThatThrownBy(() -> connectTo(port)).isInstanceOf(ConnectException.class);
      assertThatThrownBy(() -> listenAt(port)).isInstanceOf(BindException.class);
      faults.endOutage();
    }
    connectTo(port);
  }

  private static void listenAt(int port) throws IOException {
    try (ServerSocket other = new ServerSocket()) {
      other.setReuseAddress(false);
      other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      assertThat(other.isBound()).isTrue();
    }
  }

  private static void connectTo(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      assertThat(socket.isConnected()).isTrue();
    }
  }
}

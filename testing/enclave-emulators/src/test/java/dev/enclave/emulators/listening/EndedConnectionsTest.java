package dev.enclave.emulators.listening;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An outage ends every connection, those too that are made in the moment in which it begins. */
@Tag("full")
class EndedConnectionsTest {

  private static final int OUTAGES = Integer.getInteger("enclave.soak.outages", 50);
  private static final int CLIENTS = 8;

  /** A client whose connection was forgotten waits for ever. */
  private static final int PATIENCE_MILLIS = 60_000;

  private static final long PAUSE_NANOS = 100_000;

  /** What a request begins with, and a record of a TLS handshake (RFC 8446 section 5.1). */
  private static final int FIRST_OF_HTTP = 'P';

  private static final int FIRST_OF_TLS = 22;

  private final FaultInjector faults = new FaultInjector();

  @Test
  void overHttp() throws Exception {
    try (AwsKmsServer server = AwsKmsServer.builder().faults(faults).start()) {
      requireAllEnded(server.endpoint().getPort(), FIRST_OF_HTTP);
    }
  }

  @Test
  void overHttps() throws Exception {
    try (AzureKeyVaultServer server = AzureKeyVaultServer.builder().faults(faults).start()) {
      requireAllEnded(server.vaultUrl().getPort(), FIRST_OF_TLS);
    }
  }

  private void requireAllEnded(int port, int first) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    List<Future<Integer>> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(threads.submit(() -> connectAgainAndAgain(port, first, over)));
      }
      for (int i = 0; i < OUTAGES; i++) {
        faults.beginOutage(Fault.Outage.REFUSED);
        faults.endOutage();
        try (Socket connected = connected(port)) {
          assertThat(connected.isConnected()).isTrue();
        }
      }
    } finally {
      over.set(true);
      faults.beginOutage(Fault.Outage.REFUSED);
      threads.shutdown();
    }
    int ended = 0;
    for (Future<Integer> client : clients) {
      ended += client.get();
    }
    assertThat(ended).isPositive();
  }

  /**
   * How many of its connections were ended. Like every client of HTTP, it says something first.
   * That matters where the system has lost the connection: Linux discards, without a reset, the
   * last packet of a handshake that arrives while the listening socket closes. There is no
   * connection at the server then, and the client learns so from the answer to what it sends.
   */
  private static int connectAgainAndAgain(int port, int first, AtomicBoolean over) {
    int ended = 0;
    while (!over.get()) {
      try (Socket socket = connected(port)) {
        socket.getOutputStream().write(first);
        while (socket.getInputStream().read() >= 0) {
          // What a server says first.
        }
        ended++;
      } catch (SocketTimeoutException e) {
        throw new AssertionError("after " + ended + " others a connection was not ended", e);
      } catch (ConnectException e) {
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (IOException e) {
        ended++; // Reset.
      }
    }
    return ended;
  }

  private static Socket connected(int port) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    try {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}

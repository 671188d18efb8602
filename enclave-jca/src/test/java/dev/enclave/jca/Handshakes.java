package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Handshakes over the loopback, each with a signature. */
final class Handshakes {

  private final SSLContext client = client();
  private final AtomicInteger peers = new AtomicInteger();

  private static SSLContext client() {
    try {
      SSLContext client = SSLContext.getInstance("TLS");
      client.init(null, new TrustManager[] {TlsPeers.ANYBODY}, null);
      return client;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Handshakes of so many clients at once, of which none may fail; so many end before the first
   * rotation and after each.
   *
   * @return what the clients were shown
   */
  Set<X509Certificate> whileRotated(
      EnclaveKeyManager manager, ManagedKey rotated, int clients, int rotations, int between)
      throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Semaphore ended = new Semaphore(0);
    Map<String, Integer> failures = new ConcurrentHashMap<>();
    Set<X509Certificate> seen = ConcurrentHashMap.newKeySet();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (SSLServerSocket listening = listening(manager.sslContext(TlsPeers.ANYBODY))) {
      threads.execute(() -> serve(listening, threads));
      Runnable one =
          () -> {
            while (!over.get()) {
              try {
                seen.add(connect(listening.getLocalPort()));
              } catch (Exception e) {
                failures.merge(e.toString(), 1, Integer::sum);
              } finally {
                ended.release();
              }
            }
          };
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        running.add(threads.submit(one));
      }
      ended.acquire(between);
      for (int rotation = 0; rotation < rotations; rotation++) {
        rotated.rotate(RotationRequest.now());
        ended.drainPermits();
        ended.acquire(between);
      }
      over.set(true);
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
    assertThat(failures).isEmpty();
    return seen;
  }

  static SSLServerSocket listening(SSLContext context) throws IOException {
    return (SSLServerSocket)
        context
            .getServerSocketFactory()
            .createServerSocket(0, 100, InetAddress.getLoopbackAddress());
  }

  /** A client of a handshake that fails sees that it does. */
  private static void serve(SSLServerSocket listening, ExecutorService threads) {
    try {
      while (true) {
        SSLSocket accepted = (SSLSocket) listening.accept();
        threads.execute(() -> answer(accepted));
      }
    } catch (IOException e) {
      assertThat(listening.isClosed()).isTrue();
    }
  }

  private static void answer(SSLSocket accepted) {
    try (accepted) {
      accepted.startHandshake();
      accepted.getOutputStream().write(1);
    } catch (IOException e) {
      System.err.println("handshake failed: " + e.getMessage());
    }
  }

  /** A resumption needs no signature; sessions are resumed with the same peer alone. */
  X509Certificate connect(int port) throws Exception {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    plain.setSoTimeout(60_000);
    String peer = "peer-" + peers.incrementAndGet();
    try (SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket(plain, peer, port, true)) {
      socket.startHandshake();
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }
}

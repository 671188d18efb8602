package dev.enclave.core.internal.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets on the loopback. That a whole exchange ends is the promise, so it is timed. */
@Timeout(20)
final class HttpMetadataServiceTest {

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final Duration GENEROUS = Duration.ofSeconds(5);

  @Test
  void takesAWholeAnswer_withHeaderInAnyCase() throws Exception {
    try (HostileServer server =
        HostileServer.answering(OK + "metadata-flavor: Google\r\nContent-Length: 2\r\n\r\nhi")) {
      MetadataAnswer.Answered answer = (MetadataAnswer.Answered) ask(server);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Metadata-Flavor")).contains("Google");
      assertThat(answer.body()).isEqualTo("hi");
    }
  }

  @Test
  void sendsThePutThatEc2Wants() throws Exception {
    try (HostileServer server = HostileServer.answering(OK + "Content-Length: 1\r\n\r\nx")) {
      new HttpMetadataService(server::route)
          .send(
              MetadataRequest.put("http://169.254.169.254/latest/api/token")
                  .header("X-aws-ec2-metadata-token-ttl-seconds", "60"));

      assertThat(server.requestLines()).containsExactly("PUT /latest/api/token HTTP/1.1");
    }
  }

  @Test
  void followsNoRedirect() throws Exception {
    try (HostileServer elsewhere = HostileServer.answering(OK + "Content-Length: 0\r\n\r\n");
        HostileServer server =
            HostileServer.answering(
                "HTTP/1.1 302 Found\r\nLocation: "
                    + elsewhere.route(URI.create("http://169.254.169.254/x"))
                    + "\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(((MetadataAnswer.Answered) ask(server)).status()).isEqualTo(302);
      assertThat(elsewhere.connections()).isZero();
    }
  }

  @Test
  void goesThroughNoProxy() throws Exception {
    String proxied = System.getProperty("http.proxyHost");
    try (HostileServer proxy = HostileServer.answering(OK + "Content-Length: 0\r\n\r\n");
        HostileServer server = HostileServer.answering(OK + "Content-Length: 2\r\n\r\nhi")) {
      System.setProperty("http.proxyHost", "127.0.0.1");
      System.setProperty(
          "http.proxyPort",
          String.valueOf(proxy.route(URI.create("http://169.254.169.254/x")).getPort()));
      System.setProperty("http.nonProxyHosts", "");
      assertThat(((MetadataAnswer.Answered) ask(server)).body()).isEqualTo("hi");
      assertThat(proxy.connections()).isZero();
    } finally {
      System.clearProperty("http.proxyPort");
      System.clearProperty("http.nonProxyHosts");
      if (proxied == null) {
        System.clearProperty("http.proxyHost");
      } else {
        System.setProperty("http.proxyHost", proxied);
      }
    }
  }

  @Test
  void givesUpOnSilence() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (HostileServer server = new HostileServer(out -> never.await())) {
      assertThat(timed(server)).isEqualTo("no whole answer came within a second");
    }
  }

  @Test
  void givesUpOnAConnectionThatIsNeverAccepted() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // Nobody accepts: the kernel's queue takes the connection, and no byte ever comes.
      URI there = URI.create("http://127.0.0.1:" + full.getLocalPort() + "/");
      assertThat(new HttpMetadataService(uri -> there).send(request()))
          .isEqualTo(new MetadataAnswer.Silent("no whole answer came within a second"));
    }
  }

  @Test
  void givesUpOnAByteASecond_inTheHead_andHangsUp() throws Exception {
    try (HostileServer server = new HostileServer(out -> drip(out, OK + "X: aaaaaaaaaaaa"))) {
      assertThat(timed(server)).isEqualTo("no whole answer came within a second");
      server.awaitHangUp();
    }
  }

  @Test
  void givesUpOnAByteASecond_inTheBody_andHangsUp() throws Exception {
    try (HostileServer server =
        new HostileServer(
            out -> {
              out.write((OK + "Content-Length: 100\r\n\r\n").getBytes(StandardCharsets.UTF_8));
              drip(out, "aaaaaaaaaaaaaaaaaaaaaaaa");
            })) {
      assertThat(timed(server)).isEqualTo("no whole answer came within a second");
      server.awaitHangUp();
    }
  }

  @Test
  void takesNoGigabyte_andHangsUp() throws Exception {
    byte[] megabyte = new byte[1 << 20];
    try (HostileServer server =
        new HostileServer(
            out -> {
              out.write(
                  (OK + "Content-Length: 1073741824\r\n\r\n").getBytes(StandardCharsets.UTF_8));
              for (int i = 0; i < 1024; i++) {
                out.write(megabyte);
              }
            })) {
      assertThat(timed(server)).isEqualTo("the answer is longer than 65536 octets");
      server.awaitHangUp();
    }
  }

  @Test
  void takesNoEndlessHead() throws Exception {
    byte[] line = ("X: " + "a".repeat(8000) + "\r\n").getBytes(StandardCharsets.UTF_8);
    try (HostileServer server =
        new HostileServer(
            out -> {
              out.write(OK.getBytes(StandardCharsets.UTF_8));
              while (true) {
                out.write(line);
              }
            })) {
      // The JDK reads 384 KiB of it and closes the connection when the client is collected.
      assertThat(timed(server)).isEqualTo("the exchange failed with ProtocolException");
    }
  }

  @Test
  void isSilentOverGarbage() throws Exception {
    try (HostileServer server = HostileServer.answering("\u0000\u0001 SSH-2.0-x\r\n\r\n")) {
      assertThat(timed(server)).startsWith("the exchange failed with ").doesNotContain("SSH");
    }
  }

  @Test
  void isSilentWhereNobodyListens() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    URI there = URI.create("http://127.0.0.1:" + free + "/");

    assertThat(new HttpMetadataService(uri -> there).send(request()))
        .isEqualTo(new MetadataAnswer.Silent("nobody listens there"));
  }

  @Test
  void anInterruptEndsIt_andStaysSet() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (HostileServer server = new HostileServer(out -> never.await())) {
      Thread.currentThread().interrupt();
      assertThat(ask(server)).isEqualTo(new MetadataAnswer.Silent("no whole answer came in time"));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static void drip(OutputStream out, String text) throws IOException, InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      out.write(octet);
      never.await(1, TimeUnit.SECONDS);
    }
  }

  /** The reason for the silence, which came in time. */
  private static String timed(HostileServer server) {
    long begun = System.nanoTime();
    MetadataAnswer answer = ask(server);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(GENEROUS);
    return ((MetadataAnswer.Silent) answer).reason();
  }

  private static MetadataAnswer ask(HostileServer server) {
    return new HttpMetadataService(server::route).send(request());
  }

  private static MetadataRequest request() {
    return MetadataRequest.get("http://169.254.169.254/latest?x=1");
  }
}

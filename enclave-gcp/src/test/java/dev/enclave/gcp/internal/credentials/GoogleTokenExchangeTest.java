package dev.enclave.gcp.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Token endpoints that do not answer as they should, over the wire. */
class GoogleTokenExchangeTest {

  private static final Duration ANSWERING = Duration.ofMillis(400);
  private static final Duration SLACK = Duration.ofSeconds(2);
  private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: ";

  private final ServerSocket listening = listening();

  @AfterEach
  void stop() throws IOException {
    listening.close();
  }

  @Test
  void givesTheWholeAnswer() {
    answering(out -> out.write((HEAD + "2\r\n\r\n{}").getBytes(StandardCharsets.UTF_8)));
    assertThat(post(Duration.ofSeconds(20))).isEqualTo(new TokenExchange.Answered(200, "{}"));
  }

  @Test
  void givesUp_onABodyThatStopsHalfway() {
    answering(out -> out.write((HEAD + "100\r\n\r\n{").getBytes(StandardCharsets.UTF_8)));
    long began = System.nanoTime();
    assertThat(post(ANSWERING)).isEqualTo(new TokenExchange.Silent());
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(ANSWERING.plus(SLACK));
  }

  @Test
  void givesUp_onABodyThatDoesNotEnd() {
    answering(
        out -> {
          out.write((HEAD + "9999999999\r\n\r\n").getBytes(StandardCharsets.UTF_8));
          while (true) {
            out.write(new byte[8_192]);
          }
        });
    long began = System.nanoTime();
    assertThat(post(Duration.ofSeconds(60))).isEqualTo(new TokenExchange.Silent());
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
  }

  private TokenExchange.Answer post(Duration answering) {
    return new GoogleTokenExchange(UnaryOperator.identity(), answering)
        .post("http://127.0.0.1:" + listening.getLocalPort() + "/v1/token", Map.of(), "a=b");
  }

  private interface Answering {
    void to(OutputStream out) throws IOException;
  }

  private void answering(Answering answering) {
    Thread server =
        new Thread(
            () -> {
              try (Socket socket = listening.accept();
                  InputStream in = socket.getInputStream();
                  OutputStream out = socket.getOutputStream()) {
                in.read(new byte[4_096]);
                answering.to(out);
                out.flush();
                // Open until the client goes.
                in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                // The client went.
                return;
              }
            },
            "token-endpoint");
    server.setDaemon(true);
    server.start();
  }

  private static ServerSocket listening() {
    try {
      return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

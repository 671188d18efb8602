package dev.enclave.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.enclave.SigningAlgorithm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PaymentHandlerTest {

  private static final String USER = "user:7";

  private final BrowserWallets wallets =
      BrowserWallets.builder(
              JavaWallet.ORIGIN, new InMemoryWalletStore(), new StepClock(), new SecureRandom())
          .build();
  private final JavaWallet wallet = JavaWallet.create(SigningAlgorithm.ECDSA_P256_SHA256);
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/payments", new PaymentHandler(wallets, exchange -> USER));
    server.start();
    String request = wallet.register(wallets.challenge(USER, WalletAction.REGISTER, "payment"));
    assertThat(wallets.receive(USER, WalletAction.REGISTER, "payment", request))
        .isInstanceOf(Reception.Accepted.class);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/payments");
    return client.send(request.uri(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private Challenge challenge() throws Exception {
    MatchResult json =
        Pattern.compile("\"nonce\":\"([^\"]+)\",\"exp\":([0-9]+)")
            .matcher(send(HttpRequest.newBuilder().GET()).body())
            .results()
            .findFirst()
            .orElseThrow();
    return new Challenge(
        json.group(1),
        USER,
        WalletAction.SIGN,
        "payment",
        Instant.ofEpochSecond(Long.parseLong(json.group(2))));
  }

  @Test
  void paysOnce() throws Exception {
    HttpRequest.BodyPublisher signed =
        HttpRequest.BodyPublishers.ofString(wallet.sign(challenge(), "Pay 3 to Ann"));

    HttpResponse<String> first = send(HttpRequest.newBuilder().POST(signed));
    assertThat(first.body()).isEqualTo("Paid: Pay 3 to Ann");
    HttpResponse<String> second = send(HttpRequest.newBuilder().POST(signed));
    assertThat(second.statusCode()).isEqualTo(403);
    assertThat(second.body()).startsWith("UNKNOWN_NONCE: ");
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    // One byte more than is read: a server that closes a connection before it has read all may
    // take its answer back with it.
    byte[] body = new byte[BrowserWallets.LONGEST_REQUEST + 1];
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    assertThat(answer.body()).startsWith("TOO_LARGE: ");
  }
}

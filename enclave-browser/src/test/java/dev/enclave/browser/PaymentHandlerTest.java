package dev.enclave.browser;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PaymentHandlerTest {

  private static final String USER = "user:7";
  private static final String PAYMENTS = "/payments";
  private static final String CHALLENGE = "/payments/challenge";
  private static final byte[] NOTHING = {};

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

  private HttpResponse<String> send(String path, HttpRequest.Builder request) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    return client.send(request.uri(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, byte[] body) throws Exception {
    return send(path, posted(body).header("Origin", JavaWallet.ORIGIN));
  }

  private static HttpRequest.Builder posted(byte[] body) {
    return HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private Challenge challenge() throws Exception {
    MatchResult json =
        Pattern.compile("\"nonce\":\"([^\"]+)\",\"exp\":([0-9]+)")
            .matcher(post(CHALLENGE, NOTHING).body())
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
    byte[] signed = wallet.sign(challenge(), "Pay 3 to Ann").getBytes(UTF_8);

    assertThat(post(PAYMENTS, signed).body()).isEqualTo("Paid: Pay 3 to Ann");
    HttpResponse<String> second = post(PAYMENTS, signed);
    assertThat(second.statusCode()).isEqualTo(403);
    assertThat(second.body()).startsWith("UNKNOWN_NONCE: ");
  }

  /** An image of another site's page is a GET, and a form or script of it a POST. */
  @Test
  void letsNoOtherSiteEndAUsersChallenges() throws Exception {
    Challenge open = challenge();
    for (String path : List.of(CHALLENGE, PAYMENTS)) {
      for (int i = 0; i < 17; i++) {
        HttpResponse<String> got = send(path, HttpRequest.newBuilder().GET());
        assertThat(got.statusCode()).isEqualTo(405);
        assertThat(got.headers().firstValue("Allow")).contains("POST");
        for (String origin : List.of("https://evil.example", "null", JavaWallet.ORIGIN + ".evil")) {
          assertThat(send(path, posted(NOTHING).header("Origin", origin)).statusCode())
              .isEqualTo(403);
        }
        assertThat(send(path, posted(NOTHING)).body())
            .isEqualTo("This is for pages of " + JavaWallet.ORIGIN + " only.");
      }
    }
    byte[] signed = wallet.sign(open, "Pay 3 to Ann").getBytes(UTF_8);
    assertThat(post(PAYMENTS, signed).body()).isEqualTo("Paid: Pay 3 to Ann");
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    // One byte more than is read: a server that closes a connection before it has read all may
    // take its answer back with it.
    byte[] body = new byte[BrowserWallets.LONGEST_REQUEST + 1];
    assertThat(post(PAYMENTS, body).body()).startsWith("TOO_LARGE: ");
  }
}

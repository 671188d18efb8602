package dev.enclave.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SigningAlgorithm;
import dev.enclave.browser.demo.BrowserDemo;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code enclave demo --browser} answers to requests that no browser sends. */
class BrowserDemoServerTest {

  private static final Pattern CHALLENGE = Pattern.compile("\"nonce\":\"(.+?)\",\"exp\":(\\d+)");

  private final HttpClient client = HttpClient.newHttpClient();
  private final BrowserDemo demo;

  BrowserDemoServerTest() throws IOException {
    demo = BrowserDemo.start(new StepClock(), new SecureRandom());
  }

  @AfterEach
  void stop() {
    demo.close();
  }

  private String origin() {
    return "http://" + demo.address().getAuthority();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(demo.address().resolve(path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(demo.address().resolve(path))
            .header("Origin", origin())
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** What a wallet of this page states after the server's challenge. */
  private Map<String, Object> claims(WalletAction action) throws Exception {
    HttpResponse<String> answer = post("challenge?action=" + action.spelled(), "");
    Matcher challenge = CHALLENGE.matcher(answer.body());
    assertThat(challenge.find()).as(answer.body()).isTrue();
    Instant expiresAt = Instant.ofEpochSecond(Long.parseLong(challenge.group(2)));
    return JavaWallet.with(
        JavaWallet.claims(new Challenge(challenge.group(1), "you", action, "demo", expiresAt)),
        "origin",
        origin());
  }

  private void assertAnswer(WalletAction action, String request, int status, String text)
      throws Exception {
    HttpResponse<String> answer = post("requests/" + action.spelled(), request);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains("\"accepted\":" + (status == 200)).contains(text);
  }

  @Test
  void registersVerifiesReplacesAndRevokesAKey() throws Exception {
    JavaWallet first = JavaWallet.create(SigningAlgorithm.ED25519);
    JavaWallet second = JavaWallet.create(SigningAlgorithm.ECDSA_P256_SHA256);
    String spki = JavaWallet.base64(first.key().spki().toByteArray());
    String registration = first.sign(JavaWallet.with(claims(WalletAction.REGISTER), "key", spki));
    assertAnswer(WalletAction.REGISTER, registration, 200, "registered the key");
    assertAnswer(WalletAction.REGISTER, registration, 403, "challenge");
    assertThat(get("keys").body()).contains("\"active\":[\"" + first.id() + "\"]");

    Map<String, Object> text = JavaWallet.with(claims(WalletAction.SIGN), "text", "Pay \"Ann\"");
    assertAnswer(WalletAction.SIGN, first.sign(text), 200, "signature over: Pay \\\"Ann\\\"");

    Map<String, Object> claims = claims(WalletAction.ROTATE);
    Map<String, Object> successor =
        JavaWallet.with(
            JavaWallet.with(
                JavaWallet.with(claims, "action", "succeed"), "predecessor", first.id()),
            "key",
            JavaWallet.base64(second.key().spki().toByteArray()));
    assertAnswer(
        WalletAction.ROTATE,
        first.sign(JavaWallet.with(claims, "proof", second.sign(successor))),
        200,
        "accepts the new key");

    String revocation = second.sign(claims(WalletAction.REVOKE));
    assertAnswer(WalletAction.REVOKE, revocation, 200, "revoked the key");
    assertThat(get("keys").body()).contains("\"active\":[]");
  }

  @Test
  void servesItsPages_andNothingElse() throws Exception {
    Map<String, String> types =
        Map.of("", "text/html", "page.css", "text/css", "page.js", "text/javascript");
    for (Map.Entry<String, String> type : types.entrySet()) {
      HttpResponse<String> page = get(type.getKey());
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Type"))
          .contains(type.getValue() + "; charset=utf-8");
    }
    for (String path : List.of("page.html", "..%2fpage.html", "enclave/", "enclave/index.ts")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(404);
    }
    for (String path : List.of("challenge", "challenge?action=read", "requests/read", "keys")) {
      assertThat(post(path, "").statusCode()).as(path).isEqualTo(404);
    }
    assertThat(get("enclave/index.js").statusCode()).isEqualTo(BrowserDemo.hasWallet() ? 200 : 404);
  }

  @Test
  void answersNoOtherSite() throws Exception {
    for (String path : List.of("requests/sign", "challenge?action=sign")) {
      HttpRequest.Builder request = HttpRequest.newBuilder(demo.address().resolve(path));
      HttpResponse<String> got =
          client.send(request.GET().build(), HttpResponse.BodyHandlers.ofString());
      assertThat(got.statusCode()).isEqualTo(405);
      assertThat(got.headers().firstValue("Allow")).contains("POST");
      HttpRequest.Builder posted = request.POST(HttpRequest.BodyPublishers.ofString("x"));
      for (HttpRequest foreign :
          List.of(
              posted.copy().header("Origin", "https://evil.example").build(),
              posted.copy().header("Origin", "null").build(),
              posted.build())) {
        assertThat(client.send(foreign, HttpResponse.BodyHandlers.ofString()).statusCode())
            .isEqualTo(403);
      }
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), demo.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void servesAtEachLoopbackAddress_soThatNobodyElseCan() throws Exception {
    List<InetAddress> addresses =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(
                address ->
                    address.getHostAddress().equals("127.0.0.1")
                        || (address instanceof Inet6Address && address.isLoopbackAddress()))
            .toList();
    assertThat(addresses).isNotEmpty();
    for (InetAddress address : addresses) {
      try (Socket socket = new Socket(address, demo.address().getPort())) {
        String request = "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
        socket
            .getOutputStream()
            .write(
                request
                    .formatted(demo.address().getAuthority())
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void servesUnderAStrictPolicy() throws Exception {
    HttpResponse<String> page = get("");
    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy ->
                assertThat(policy)
                    .startsWith("default-src 'none'")
                    .contains("require-trusted-types-for 'script'")
                    .doesNotContain("unsafe", "http"));
    assertThat(page.body()).doesNotContain("http://", "https://");
  }
}

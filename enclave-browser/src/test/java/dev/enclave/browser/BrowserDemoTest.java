package dev.enclave.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.enclave.browser.demo.BrowserDemo;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The page that {@code enclave demo --browser} serves, in Chromium. */
@Tag("needs-node")
@Tag("needs-browsers")
@Tag("full")
class BrowserDemoTest {

  private static final int CHECKS = 12;

  private static BrowserDemo demo;

  @BeforeAll
  static void serve() throws IOException {
    NodeRun.build();
    // A jar that is made after this build has them there.
    Path folder = Files.createDirectories(classes().resolve("META-INF/resources/enclave"));
    for (String name : List.of("index.js", "worker.js")) {
      Files.copy(
          Path.of("target/ts", name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(BrowserDemo.hasWallet()).isTrue();
    demo = BrowserDemo.start(InstantSource.system(), new SecureRandom());
  }

  private static Path classes() {
    return Path.of(
        URI.create(
            String.valueOf(
                BrowserDemoTest.class.getProtectionDomain().getCodeSource().getLocation())));
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @TestFactory
  Stream<DynamicTest> everyCheckInChromium() throws IOException {
    return checks("page.mjs", CHECKS);
  }

  @TestFactory
  Stream<DynamicTest> anotherSiteEndsNoChallenge_inAnyBrowser() throws IOException {
    return checks("crosssite.mjs", 3);
  }

  private static Stream<DynamicTest> checks(String script, int number) throws IOException {
    Path folder = Files.createDirectories(Path.of("target/page"));
    NodeRun.Output run =
        NodeRun.run("node", "src/test/js/" + script, demo.address().toString(), folder.toString());
    assertThat(run.lines()).as(run::all).hasSize(number);
    assertThat(run.exit()).as(run::all).isZero();
    return run.lines().stream()
        .map(line -> dynamicTest(line, () -> assertThat(line).startsWith("ok ")));
  }

  @Test
  void answersNoOtherSite() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
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
    HttpResponse<String> page =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(demo.address()).build(),
                HttpResponse.BodyHandlers.ofString());
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

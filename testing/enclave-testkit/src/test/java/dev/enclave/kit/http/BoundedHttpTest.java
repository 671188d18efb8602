package dev.enclave.kit.http;

import static dev.enclave.kit.http.LoopbackEndpoint.breakingOffAfter;
import static dev.enclave.kit.http.LoopbackEndpoint.endless;
import static dev.enclave.kit.http.LoopbackEndpoint.saying;
import static dev.enclave.kit.http.LoopbackEndpoint.trickling;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import dev.enclave.spi.detection.MetadataAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What comes of every kind of endpoint, over real sockets. That an exchange ends is the promise, so
 * it is timed; whatever an endpoint says has {@code SECRET} in it, which no failure repeats.
 */
@Timeout(300)
final class BoundedHttpTest {

  /** Java's client can be ended since Java 21; before, it ends once it is collected. */
  private static final boolean ENDS_CLIENTS = Runtime.version().feature() >= 21;

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String SECRET = "ya29.SECRET";
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofMinutes(1);

  /** For a busy machine. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  private static final Silent LATE = new Silent(Kind.LATE, "no whole answer came in time");
  private static final Silent BROKEN =
      new Silent(Kind.BROKEN, "the connection broke, or what came is no answer");
  private static final Silent TOO_LONG =
      new Silent(Kind.BROKEN, "the answer is longer than 65536 octets");
  private static final Silent UNTRUSTED =
      new Silent(
          Kind.NOT_SENT,
          "no TLS connection was agreed on: is its certificate trusted?",
          Obstacle.CERTIFICATE);
  private static final Silent NOBODY =
      new Silent(Kind.NOT_SENT, "nobody listens there", Obstacle.REFUSED);
  private static final Silent CLOSED = new Silent(Kind.NOT_SENT, "the client has been closed");
  private static final Silent UNCONNECTED =
      new Silent(Kind.NOT_SENT, "no connection was to be had in time");

  private final BoundedHttp http =
      new BoundedHttp(BoundedHttp::noTls, BoundedHttp.LONGEST_DOCUMENT);

  /** Those that another class closed may still be on their way. */
  @BeforeEach
  void joinThreadsOfOthers() throws InterruptedException {
    for (Thread thread : threads("enclave-http")) {
      thread.join();
    }
  }

  @AfterEach
  void leavesNoThread_onceClosed() throws InterruptedException {
    http.close();
    for (Thread thread : threads("enclave-http")) {
      thread.join();
    }
    if (ENDS_CLIENTS) {
      assertThat(threads("HttpClient-")).isEmpty();
    }
  }

  @AfterAll
  static void leavesNoThread_onceNobodyHoldsIt() throws InterruptedException {
    for (Thread thread : threads("HttpClient-")) {
      while (thread.isAlive()) {
        System.gc();
        thread.join(100);
      }
    }
  }

  private static List<Thread> threads(String begin) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(begin))
        .toList();
  }

  static Stream<Arguments> silences() {
    return Stream.of(
        silence("hangs before the head", SHORT, saying(""), LATE),
        silence("hangs within the head", SHORT, saying(OK + "X: " + SECRET), LATE),
        silence("hangs within the body", SHORT, saying(whole(100, SECRET)), LATE),
        silence("trickles a head", SHORT, trickling(OK + "X: " + SECRET), LATE),
        silence("trickles a body", SHORT, trickling(whole(1 << 30, SECRET)), LATE),
        silence("trickles chunks", SHORT, trickling(chunked("7fffffff\r\n" + SECRET)), LATE),
        silence("has a long body", LONG, endless(whole(1 << 30, ""), SECRET), TOO_LONG),
        silence(
            "has endless chunks", LONG, endless(chunked(""), "b\r\n" + SECRET + "\r\n"), TOO_LONG),
        silence("has a body up to its end", LONG, endless(OK + "\r\n", SECRET), TOO_LONG),
        silence("has too many headers", LONG, endless(OK, "X: " + SECRET + "\r\n"), BROKEN),
        silence("has too long a header", LONG, endless(OK + "X: ", SECRET), BROKEN),
        silence("closes without a word", LONG, breakingOffAfter(""), BROKEN),
        silence("breaks off in the head", LONG, breakingOffAfter(OK + "X: " + SECRET), BROKEN),
        silence("breaks off in the body", LONG, breakingOffAfter(whole(100, SECRET)), BROKEN),
        silence(
            "breaks off in a chunk", LONG, breakingOffAfter(chunked("64\r\n" + SECRET)), BROKEN),
        silence("has chunks that are none", LONG, saying(chunked(SECRET + "\r\n")), BROKEN),
        silence("speaks SSH", LONG, saying("\u0000 SSH-2.0-" + SECRET + "\r\n\r\n"), BROKEN),
        silence("speaks of no status", LONG, saying("HTTP/1.1 " + SECRET + "\r\n\r\n"), BROKEN));
  }

  private static Arguments silence(
      String endpoint, Duration within, LoopbackEndpoint.Behaviour behaviour, Silent outcome) {
    return Arguments.of(endpoint, within, behaviour, outcome);
  }

  private static String whole(int length, String begin) {
    return OK + "Content-Length: " + length + "\r\n\r\n" + begin;
  }

  private static String chunked(String begin) {
    return OK + "Transfer-Encoding: chunked\r\n\r\n" + begin;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("silences")
  void isSilent_andSaysWhatBecameOfTheRequest(
      String endpoint, Duration within, LoopbackEndpoint.Behaviour behaviour, Silent outcome)
      throws Exception {
    for (boolean posting : new boolean[] {false, true}) {
      try (LoopbackEndpoint server = new LoopbackEndpoint(behaviour)) {
        long began = System.nanoTime();
        HttpAnswer answer = connected(request(server.uri(), posting), within);

        assertThat(answer).isEqualTo(outcome);
        assertThat(answer.toMetadata())
            .isEqualTo(new MetadataAnswer.Silent(outcome.observed()))
            .asString()
            .doesNotContain("SECRET");
        assertThat(Duration.ofNanos(System.nanoTime() - began))
            .isLessThan(outcome.kind() == Kind.LATE ? within.plus(SLACK) : within);
        if (ENDS_CLIENTS || !(endpoint.contains("header") || endpoint.contains("speaks"))) {
          // Java's client leaves the connection open if it cannot read the head: see below.
          assertThat(server.awaitHangUp(SLACK)).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givesTheWholeAnswer_andKeepsTheConnection(boolean posting) throws Exception {
    try (LoopbackEndpoint server =
        new LoopbackEndpoint(
            saying(OK + "X-Flavor: a\r\nx-flavor: b\r\nContent-Length: 3\r\n\r\nhé"))) {
      for (int i = 0; i < 2; i++) {
        Answered answer = (Answered) http.send(request(server.uri(), posting), LONG);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("hé");
        assertThat(answer.body()).hasSize(3);
        assertThat(answer.headers().get("X-FLAVOR")).containsExactly("a", "b");
        MetadataAnswer.Answered metadata = (MetadataAnswer.Answered) answer.toMetadata();
        assertThat(metadata.header("x-Flavor")).contains("a");
        assertThat(metadata.body()).isEqualTo("hé");
        assertThat(answer.toString()).startsWith("Answered[200, [").doesNotContain("hé");
      }
      String asked = posting ? "POST /token?x=1 grant=" + SECRET : "GET /token?x=1 ";
      assertThat(server.requests()).containsExactly(asked, asked);
    }
  }

  @Test
  void takesABodyOfAllThatMayBe() throws Exception {
    String longest = "a".repeat(BoundedHttp.LONGEST_DOCUMENT);
    try (LoopbackEndpoint server =
        new LoopbackEndpoint(saying(whole(BoundedHttp.LONGEST_DOCUMENT, longest)))) {
      assertThat(((Answered) http.send(get(server.uri()), LONG)).text()).isEqualTo(longest);
    }
  }

  @Test
  void sendsTheMethodAndHeadersOfTheRequest() throws Exception {
    try (LoopbackEndpoint server = new LoopbackEndpoint(saying(whole(0, "")))) {
      HttpRequest put = HttpRequest.newBuilder(server.uri()).PUT(BodyPublishers.noBody()).build();
      assertThat(http.send(put, LONG)).isInstanceOf(Answered.class);
      assertThat(server.requests()).containsExactly("PUT /token?x=1 ");
    }
  }

  /** Java 17 leaves the connection open; a client that nobody holds any more closes it. */
  @Test
  void hangsUpOnWhatSpeaksNoHttp_onceCollected_thoughItIsHeld() throws Exception {
    try (LoopbackEndpoint server = new LoopbackEndpoint(saying("SSH-2.0\r\n\r\n"))) {
      assertThat(http.send(get(server.uri()), LONG)).isEqualTo(BROKEN);
      do {
        System.gc();
      } while (!server.awaitHangUp(Duration.ofMillis(100)));
    }
    try (LoopbackEndpoint server = new LoopbackEndpoint(saying(whole(0, "")))) {
      assertThat(http.send(get(server.uri()), LONG)).isInstanceOf(Answered.class);
    }
  }

  /** A GET that was not answered at all is sent once more by java.net.http; nothing else is. */
  @Test
  void sendsNothingTwice_thatIsNoGet() throws Exception {
    try (LoopbackEndpoint server = new LoopbackEndpoint(breakingOffAfter(""))) {
      assertThat(http.send(request(server.uri(), true), LONG)).isEqualTo(BROKEN);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void followsNoRedirect(boolean posting) throws Exception {
    try (LoopbackEndpoint elsewhere = new LoopbackEndpoint(saying(whole(0, "")));
        LoopbackEndpoint server =
            new LoopbackEndpoint(
                saying(
                    "HTTP/1.1 307 Elsewhere\r\nLocation: "
                        + elsewhere.uri()
                        + "\r\nContent-Length: 0\r\n\r\n"))) {
      Answered answer = (Answered) http.send(request(server.uri(), posting), LONG);
      assertThat(answer.status()).isEqualTo(307);
      assertThat(elsewhere.requests()).isEmpty();
    }
  }

  @Test
  void goesThroughNoProxy() throws Exception {
    String proxied = System.getProperty("http.proxyHost");
    try (LoopbackEndpoint proxy = new LoopbackEndpoint(saying(whole(0, "")));
        LoopbackEndpoint server = new LoopbackEndpoint(saying(whole(2, "hi")))) {
      System.setProperty("http.proxyHost", "127.0.0.1");
      System.setProperty("http.proxyPort", String.valueOf(proxy.uri().getPort()));
      System.setProperty("http.nonProxyHosts", "");
      assertThat(((Answered) http.send(get(server.uri()), LONG)).text()).isEqualTo("hi");
      assertThat(proxy.requests()).isEmpty();
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
  void givesUpOnAConnectionThatIsNeverAccepted() throws Exception {
    // With a place for each attempt.
    try (ServerSocket full = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      // Nobody accepts: the kernel's queue takes the connection, and no byte ever comes.
      URI there = URI.create("http://127.0.0.1:" + full.getLocalPort() + "/");
      assertThat(connected(get(there), SHORT)).isEqualTo(LATE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void wasNotSent_whereNobodyListens(boolean posting) throws Exception {
    // Bound, so that nobody else gets the port, and not listening.
    try (SocketChannel held = SocketChannel.open()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = held.socket().getLocalPort();
      URI there = URI.create("http://127.0.0.1:" + port + "/");
      assertThat(http.send(request(there, posting), LONG)).isEqualTo(NOBODY);
    }
  }

  @Tag("full")
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesToWhomTheCertificateNames_andToNobodyElse(boolean posting, @TempDir Path folder)
      throws Exception {
    LoopbackTls right = LoopbackTls.of(LoopbackTls.made(folder.resolve("r"), "ip:127.0.0.1"));
    LoopbackTls other = LoopbackTls.of(LoopbackTls.made(folder.resolve("o"), "dns:other.example"));
    try (LoopbackEndpoint server = tls(right);
        LoopbackEndpoint elsewhere = tls(other)) {
      assertThat(asked(right, server.uri(), posting)).isInstanceOf(Answered.class);
      // Trusted, and another's.
      assertThat(asked(other, elsewhere.uri(), posting)).isEqualTo(UNTRUSTED);
      // Its own, and not trusted.
      assertThat(asked(other, server.uri(), posting)).isEqualTo(UNTRUSTED);
      assertThat(http.send(request(server.uri(), posting), LONG)).isInstanceOf(Silent.class);
      assertThat(elsewhere.requests()).isEmpty();
      assertThat(server.requests()).hasSize(1);
    }
  }

  /** As one that wants another cipher, or a client's certificate. */
  @Tag("full")
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void wasNotSent_whereTheHandshakeIsRefused(boolean posting, @TempDir Path folder)
      throws Exception {
    LoopbackTls any = LoopbackTls.of(LoopbackTls.made(folder.resolve("r"), "ip:127.0.0.1"));
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread refusing = new Thread(() -> refuseHandshakes(server));
      refusing.setDaemon(true);
      refusing.start();
      URI there = URI.create("https://127.0.0.1:" + server.getLocalPort() + "/");
      assertThat(asked(any, there, posting)).isEqualTo(UNTRUSTED);
    }
  }

  private static void refuseHandshakes(ServerSocket server) {
    // An alert of TLS 1.2, fatal: handshake_failure (RFC 5246 section 7.2).
    byte[] alert = {21, 3, 3, 0, 2, 2, 40};
    try {
      while (true) {
        try (Socket client = server.accept()) {
          client.getOutputStream().write(alert);
          client.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
      }
    } catch (IOException e) {
      // The test has closed it.
    }
  }

  @Tag("full")
  @Test
  void goesToNobodyElse_whateverAPropertySays(@TempDir Path folder) throws Exception {
    Path right = LoopbackTls.made(folder.resolve("r"), "ip:127.0.0.1");
    Path other = LoopbackTls.made(folder.resolve("o"), "dns:other.example");
    try (LoopbackEndpoint server = tls(LoopbackTls.of(right));
        LoopbackEndpoint elsewhere = tls(LoopbackTls.of(other))) {
      assertThat(inAProcess(right, server.uri())).startsWith("Answered[200");
      assertThat(inAProcess(other, elsewhere.uri()).strip()).isEqualTo(UNTRUSTED.toString());
    }
  }

  private static String inAProcess(Path trusted, URI uri) throws IOException, InterruptedException {
    return Ended.run(
            JavaCommand.of(
                List.of("-Djdk.internal.httpclient.disableHostnameVerification=true"),
                AskingProcess.class,
                trusted.toString(),
                uri.toString()))
        .output();
  }

  private static LoopbackEndpoint tls(LoopbackTls tls) {
    return new LoopbackEndpoint(
        tls.server().getServerSocketFactory(), "https", saying(whole(2, "hi")));
  }

  private static HttpAnswer asked(LoopbackTls tls, URI uri, boolean posting) {
    try (BoundedHttp trusting = new BoundedHttp(tls::client, BoundedHttp.LONGEST_DOCUMENT, LONG)) {
      return trusting.send(request(uri, posting), LONG);
    }
  }

  @Test
  void endsWhenTheCallerIsInterrupted_whoStaysSo() throws Exception {
    try (LoopbackEndpoint server = new LoopbackEndpoint(saying(OK))) {
      Thread.currentThread().interrupt();
      assertThat(http.send(get(server.uri()), LONG)).isEqualTo(LATE);
      assertThat(Thread.interrupted()).isTrue();

      FutureTask<HttpAnswer> waiting =
          new FutureTask<>(() -> http.send(request(server.uri(), true), LONG));
      Thread caller = new Thread(waiting, "caller");
      caller.start();
      server.awaitRequest();
      caller.interrupt();
      assertThat(waiting.get()).isEqualTo(LATE);
      assertThat(server.awaitHangUp(SLACK)).isTrue();
    }
  }

  @Test
  void sendsNothing_whenNoTimeIsLeft() throws Exception {
    try (LoopbackEndpoint server = new LoopbackEndpoint(saying(whole(0, "")))) {
      assertThat(http.send(get(server.uri()), Duration.ZERO)).isEqualTo(UNCONNECTED);
      assertThat(http.send(get(server.uri()), Duration.ofMillis(-1))).isEqualTo(UNCONNECTED);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void sendsNothing_onceClosed() throws Exception {
    try (LoopbackEndpoint server = new LoopbackEndpoint(saying(whole(0, "")))) {
      assertThat(http.send(get(server.uri()), LONG)).isInstanceOf(Answered.class);
      http.close();
      http.close();
      assertThat(http.send(get(server.uri()), LONG)).isEqualTo(CLOSED);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void endsWhatIsUnderWay_whenClosed_andInterruptsNobody() throws Exception {
    try (LoopbackEndpoint server = new LoopbackEndpoint(saying(""))) {
      AtomicBoolean interrupted = new AtomicBoolean();
      FutureTask<HttpAnswer> waiting =
          new FutureTask<>(
              () -> {
                HttpAnswer answer = http.send(request(server.uri(), true), LONG.multipliedBy(9));
                interrupted.set(Thread.interrupted());
                return answer;
              });
      new Thread(waiting, "caller").start();
      server.awaitRequest();
      http.close();
      assertThat(waiting.get(SLACK.toSeconds(), TimeUnit.SECONDS)).isEqualTo(BROKEN);
      assertThat(interrupted).isFalse();
      assertThat(server.awaitHangUp(SLACK)).isTrue();
    }
  }

  @Test
  void runsNothing_untilItIsAsked() {
    assertThat(
            new BoundedHttp(
                () -> {
                  throw new AssertionError("asked for trust");
                },
                1))
        .isNotNull();
    assertThat(threads("enclave-http")).isEmpty();
  }

  /** With twice the time again and again, where a busy machine has no connection by then. */
  private HttpAnswer connected(HttpRequest request, Duration within) {
    HttpAnswer answer = http.send(request, within);
    return answer.equals(UNCONNECTED) && within.compareTo(LONG) < 0
        ? connected(request, within.multipliedBy(2))
        : answer;
  }

  private static HttpRequest request(URI uri, boolean posting) {
    return posting
        ? HttpRequest.newBuilder(uri)
            .POST(BodyPublishers.ofString("grant=" + SECRET, StandardCharsets.UTF_8))
            .build()
        : get(uri);
  }

  private static HttpRequest get(URI uri) {
    return HttpRequest.newBuilder(uri).build();
  }
}

package dev.enclave.emulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client sees on its socket, and the journal says, when a fault is injected. */
class InjectedFaultsTest {

  private static final Pattern EXPIRATION = Pattern.compile("<Expiration>(.*?)</Expiration>");

  private static final String LIST_KEYS =
      request(
          "X-Amz-Target: TrentService.ListKeys\r\nContent-Type: application/x-amz-json-1.1", "{}");

  /** Needs no signature, so that a plain socket can send it. */
  private static final String ASSUME_ROLE =
      request(
          "Content-Type: application/x-www-form-urlencoded",
          "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=test"
              + "&WebIdentityToken=token&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fsigner");

  private final FaultInjector faults = new FaultInjector();
  private final ManualClock clock = new ManualClock();
  private final AwsKmsServer server =
      AwsKmsServer.builder()
          .webIdentity("token", "subject", "signer")
          .faults(faults)
          .clock(clock)
          .start();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void nothingHappens_withoutAPlan() throws Exception {
    assertThat(status(ask())).isEqualTo(200);
    assertThat(journaled().fault()).isEmpty();
  }

  @Test
  void aLatencyLongerThanTheClientsPatienceIsNoAnswer() throws Exception {
    inject(Fault.latency(Duration.ofHours(1)));
    try (Socket socket = connect()) {
      socket.setSoTimeout(50);
      send(socket);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aShorterOneIsFollowedByTheAnswer() throws Exception {
    inject(Fault.latency(Duration.ofMillis(1)));

    assertThat(status(ask())).isEqualTo(200);
    assertThat(journaled().fault()).hasValue("latency PT0.001S");
  }

  @Test
  void whatIsHeldUpHasTheTimeAtWhichItIsCarriedOut_andTheJournalThatOfItsArrival()
      throws Exception {
    Instant nextDay = clock.instant().plus(Duration.ofDays(1));
    faults.watch(operation -> clock.advance(Duration.ofDays(2)));

    Matcher expiration = EXPIRATION.matcher(ask());

    assertThat(expiration.find()).isTrue();
    assertThat(Instant.parse(expiration.group(1))).isAfter(nextDay);
    assertThat(journaled().time()).isBefore(nextDay);
  }

  @Test
  void asksToWait_whereThePlanSaysHowLong() throws Exception {
    inject(Fault.throttled(7));

    assertThat(ask()).contains("<Code>ThrottlingException</Code>").contains("Retry-After: 7");
    assertThat(journaled().fault()).hasValue("throttled 7");
  }

  @Test
  void asksNobodyToWait_otherwise() throws Exception {
    inject(Fault.refused(Reason.THROTTLED));

    assertThat(ask()).doesNotContain("Retry-After");
  }

  @Test
  void aResetBeforeIsAReset_andNothingWasApplied() {
    inject(Fault.resetBefore());

    assertThatThrownBy(this::ask).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    assertThat(journaled().applied()).isFalse();
    assertThat(journaled().fate()).isEqualTo(Fate.RESET);
    assertThat(journaled().fault()).hasValue("reset-before");
  }

  @Test
  void aResetAfterIsAReset_andTheRequestWasApplied() {
    inject(Fault.resetAfter());

    assertThatThrownBy(this::ask).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    assertThat(journaled().applied()).isTrue();
    assertThat(journaled().fault()).hasValue("reset-after");
  }

  @Test
  void aTruncatedAnswerPromisesMoreThanComes() throws Exception {
    inject(Fault.truncated(5));
    String answer = ask();

    String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    assertThat(status(answer)).isEqualTo(200);
    assertThat(body).hasSize(5);
    assertThat(contentLength(answer)).isGreaterThan(5);
    assertThat(journaled().fate()).isEqualTo(Fate.TRUNCATED);
    assertThat(journaled().applied()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "INTERNAL_ERROR, 500, KMSInternalException",
    "UNAVAILABLE, 503, ServiceUnavailable",
    "TIMEOUT, 500, DependencyTimeoutException",
    "THROTTLED, 400, ThrottlingException",
    "EXPIRED_TOKEN, 403, ExpiredTokenException"
  })
  void aRefusalIsSaidInTheWordsOfTheService(Reason reason, int status, String name)
      throws Exception {
    faults.follow(FaultPlan.NONE.on("ListKeys", 1, Fault.refused(reason)));
    String answer = ask(LIST_KEYS);

    assertThat(status(answer)).isEqualTo(status);
    assertThat(answer).contains("\"__type\":\"" + name + "\"").contains(journaled().requestId());
    assertThat(journaled().error()).hasValue(name);
    assertThat(journaled().applied()).isFalse();
  }

  @Test
  void stsHasItsOwnWords() throws Exception {
    inject(Fault.refused(Reason.THROTTLED));

    assertThat(ask()).contains("text/xml").contains("<Code>ThrottlingException</Code>");
  }

  @Test
  void aRefusalMayBeALie() throws Exception {
    inject(Fault.refusedButApplied(Reason.INTERNAL_ERROR));

    assertThat(status(ask())).isEqualTo(500);
    assertThat(journaled().applied()).isTrue();
    assertThat(journaled().fault()).hasValue("internal-error applied");
  }

  @Test
  void anOutageOfResetsMeetsOpenConnectionsToo_andEnds() throws Exception {
    try (Socket kept = connect()) {
      send(kept);
      assertThat(status(read(kept))).isEqualTo(200);
      faults.beginOutage(Fault.Outage.RESET);
      assertThatThrownBy(
              () -> {
                send(kept);
                read(kept);
              })
          .isInstanceOf(SocketException.class);
      assertThatThrownBy(this::ask).isInstanceOf(SocketException.class);
    }
    faults.endOutage();

    assertThat(status(ask())).isEqualTo(200);
    assertThat(server.journal().entries())
        .extracting(entry -> entry.fault().orElse("none"))
        .containsExactly("none", "outage reset", "outage reset", "none");
  }

  @Test
  void anOutageOfConnectionsRefusesThem_andEndsAtTheSameAddress() throws Exception {
    try (Socket kept = connect()) {
      send(kept);
      assertThat(status(read(kept))).isEqualTo(200);
      faults.beginOutage(Fault.Outage.REFUSED);
      assertThatThrownBy(this::ask).isInstanceOf(ConnectException.class);
      assertThat(closed(kept)).isTrue();
    }
    faults.endOutage();

    assertThat(status(ask())).isEqualTo(200);
  }

  @Test
  void aPlanWithAnUnknownWrongAnswerStartsNoServer() {
    FaultInjector unknown = new FaultInjector(FaultPlan.parse("Sign 1: wrong mood"));

    assertThatThrownBy(() -> AwsKmsServer.builder().faults(unknown).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another-key-id");
  }

  private void inject(Fault fault) {
    faults.follow(FaultPlan.NONE.on("AssumeRoleWithWebIdentity", 1, fault));
  }

  private JournalEntry journaled() {
    return server.journal().entries().get(0);
  }

  private String ask() throws IOException {
    return ask(ASSUME_ROLE);
  }

  private String ask(String request) throws IOException {
    try (Socket socket = connect()) {
      send(socket, request);
      return read(socket);
    }
  }

  private static String request(String headers, String body) {
    return "POST / HTTP/1.1\r\nHost: localhost\r\n"
        + headers
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(60_000);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.endpoint().getPort()));
    return socket;
  }

  private static void send(Socket socket) throws IOException {
    send(socket, ASSUME_ROLE);
  }

  private static void send(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Until the answer is whole, or the end of the stream. */
  private static String read(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    while (!whole(answer.toString())) {
      int octet = in.read();
      if (octet < 0) {
        break;
      }
      answer.append((char) octet);
    }
    return answer.toString();
  }

  private static boolean whole(String answer) {
    int head = answer.indexOf("\r\n\r\n");
    return head >= 0 && answer.length() - head - 4 >= contentLength(answer);
  }

  private static int contentLength(String answer) {
    return answer
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.split(" ", -1)[1]);
  }

  private static boolean closed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }
}

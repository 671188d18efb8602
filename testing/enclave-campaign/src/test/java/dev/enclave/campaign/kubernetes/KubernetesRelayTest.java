package dev.enclave.campaign.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.campaign.kubernetes.ApiClient.Answer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SharedApiServer.class)
class KubernetesRelayTest {

  private static final AtomicInteger NAMESPACES = new AtomicInteger();

  private final FaultInjector faults = new FaultInjector();
  private final ApiServer server;
  private final String secrets;
  private final String namespace;
  private KubernetesRelay relay;
  private ApiClient client;

  KubernetesRelayTest(ApiServer server) {
    this.server = server;
    this.namespace = "relay-" + NAMESPACES.incrementAndGet();
    this.secrets = "/api/v1/namespaces/" + namespace + "/secrets";
  }

  @BeforeEach
  void start() {
    server.createNamespace(namespace);
    relay = KubernetesRelay.start(server, faults);
    client = relay.client(server.adminToken());
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  private static String secret(String name, String value) {
    return """
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s"}, "type": "example.com/key",
     "data": {"record": "%s"}}
    """
        .formatted(name, value);
  }

  private Answer create(String name) {
    return client.post(secrets, secret(name, "QUFB"));
  }

  private boolean isThere(String name) {
    return server.admin().get(secrets + "/" + name).status() == 200;
  }

  private JournalEntry last() {
    return relay.journal().entries().get(relay.journal().entries().size() - 1);
  }

  private static void requireBroken(ThrowingCallable call) {
    assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(call);
  }

  @Test
  void passesRequestsAndAnswers_andNamesThem() {
    Answer made = create("one");
    assertThat(made.status()).isEqualTo(201);
    assertThat(client.get(secrets + "/one")).isEqualTo(server.admin().get(secrets + "/one"));
    assertThat(client.get(secrets + "/none").required("reason")).isEqualTo("NotFound");
    client.get(secrets + "?limit=1&fieldSelector=type%3Dexample.com%2Fkey");
    client.put(secrets + "/one", made.body());
    client.delete(secrets + "/one");
    client.post(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        """
        {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
         "spec": {"nonResourceAttributes": {"path": "/version", "verb": "get"}}}
        """);
    client.get("/version");
    client.get("/api/v1/namespaces/" + namespace);

    assertThat(relay.journal().entries())
        .extracting(JournalEntry::operation)
        .containsExactly(
            "create secrets",
            "get secrets",
            "get secrets",
            "list secrets",
            "update secrets",
            "delete secrets",
            "create selfsubjectaccessreviews",
            "get /version",
            "get namespaces");
    assertThat(relay.journal().entries().get(0).keyId()).contains("one");
    assertThat(relay.journal().entries().get(2).error()).contains("NotFound");
    assertThat(relay.journal().entries()).allMatch(entry -> entry.fate() == Fate.ANSWERED);
  }

  @Tag("needs-kube-apiserver")
  @Tag("full")
  @Test
  void callsEachRequestAsTheAuditLogDoes_andTellsTheClient(KubeApiServer server) throws Exception {
    HttpResponse<String> answer =
        client
            .http()
            .send(
                java.net.http.HttpRequest.newBuilder(relay.uri().resolve("/version"))
                    .header("Authorization", "Bearer " + server.adminToken())
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    String id = last().requestId();
    assertThat(answer.headers().allValues("audit-id")).containsExactly(id);
    Polling.until(() -> server.auditText().contains(id), () -> "The audit log lacks " + id);
  }

  @Test
  void passesTheClientsOwnToken_andShowsAnotherCertificateThanTheServer() {
    assertThat(relay.client("nobody").get(secrets).status()).isEqualTo(401);
    assertThat(relay.caPem()).isNotEqualTo(server.caPem());
    ApiClient trustingTheServer = ApiClient.to(relay.uri(), server.caPem(), server.adminToken());
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> trustingTheServer.get(secrets))
        .withCauseInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "INTERNAL_ERROR,500,InternalError",
    "UNAVAILABLE,503,ServiceUnavailable",
    "TIMEOUT,504,Timeout",
    "EXPIRED_TOKEN,401,Unauthorized"
  })
  void refusesInTheServersWords(Reason reason, int status, String word) {
    faults.follow(
        FaultPlan.NONE
            .on("create secrets", 1, Fault.refused(reason))
            .on("create secrets", 2, Fault.refusedButApplied(reason)));
    Answer refused = create("one");
    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.required("reason")).isEqualTo(word);
    assertThat(refused.required("kind")).isEqualTo("Status");
    assertThat(isThere("one")).isFalse();

    assertThat(create("two").status()).isEqualTo(status);
    assertThat(isThere("two")).isTrue();
    assertThat(last().applied()).isTrue();
    assertThat(last().error()).contains(word);
  }

  @Test
  void holdsBackAsFlowControlDoes() throws Exception {
    faults.follow(FaultPlan.NONE.every("*", 1, Fault.refused(Reason.THROTTLED)));
    HttpResponse<String> answer =
        client
            .http()
            .send(
                java.net.http.HttpRequest.newBuilder(relay.uri().resolve(secrets)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(answer.headers().firstValue("Audit-Id")).contains(last().requestId());
  }

  @Test
  void losesRequests_answers_andPartsOfThem() {
    faults.follow(
        FaultPlan.NONE
            .on("create secrets", 1, Fault.resetBefore())
            .on("create secrets", 2, Fault.resetAfter())
            .on("create secrets", 3, Fault.truncated(20)));
    requireBroken(() -> create("one"));
    assertThat(isThere("one")).isFalse();
    requireBroken(() -> create("two"));
    assertThat(isThere("two")).isTrue();
    requireBroken(() -> create("three"));
    assertThat(isThere("three")).isTrue();
    assertThat(relay.journal().entries())
        .extracting(JournalEntry::fate)
        .containsExactly(Fate.RESET, Fate.RESET, Fate.TRUNCATED);
  }

  @Tag("full")
  @Test
  void answersLate() {
    Duration late = Duration.ofMillis(300);
    faults.follow(FaultPlan.NONE.on("get /version", 1, Fault.latency(late)));
    long began = System.nanoTime();
    assertThat(client.get("/version").status()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(late);
  }

  @Test
  void answersWrongly() {
    create("one");
    client.post(secrets, secret("two", "QkJC"));
    faults.follow(
        FaultPlan.NONE
            .on("get secrets", 1, Fault.wrong("another-secret"))
            .on("get secrets", 2, Fault.wrong("another-data"))
            .on("get secrets", 3, Fault.wrong("flipped-bit")));
    assertThat(client.get(secrets + "/one")).isEqualTo(server.admin().get(secrets + "/two"));

    Answer otherData = client.get(secrets + "/one");
    assertThat(otherData.required("metadata", "name")).isEqualTo("one");
    assertThat(otherData.required("data", "record")).isEqualTo("QkJC");

    Answer flipped = client.get(secrets + "/one");
    assertThat(flipped.required("metadata", "name")).isEqualTo("one");
    assertThat(Base64.getDecoder().decode(flipped.required("data", "record")))
        .isEqualTo(new byte[] {'A', 'A' ^ 1, 'A'});
    assertThat(client.get(secrets + "/one").required("data", "record")).isEqualTo("QUFB");

    faults.follow(FaultPlan.NONE.every("create secrets", 1, Fault.wrong("unlabelled")));
    String labelled =
        secret("three", "QUFB").replace("\"three\"", "\"three\", \"labels\": {\"a\": \"b\"}");
    assertThat(client.post(secrets, labelled).at("metadata", "labels", "a")).isEmpty();
    assertThat(server.admin().get(secrets + "/three").at("metadata", "labels", "a")).isEmpty();
  }

  @Test
  void refusesConnections_untilTheOutageEnds() {
    faults.beginOutage(Fault.Outage.REFUSED);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> client.get("/version"))
        .withCauseInstanceOf(ConnectException.class);
    faults.endOutage();
    assertThat(client.get("/version").status()).isEqualTo(200);
  }

  @Test
  void answersNothing_whileTheServerIsDown() {
    server.interrupt();
    try {
      requireBroken(() -> create("one"));
      assertThat(last().fate()).isEqualTo(Fate.RESET);
    } finally {
      server.resume();
    }
    assertThat(create("one").status()).isEqualTo(201);
  }
}

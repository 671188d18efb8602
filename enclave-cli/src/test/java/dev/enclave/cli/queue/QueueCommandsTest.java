package dev.enclave.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.cli.Cli;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.jobs.JobsProvider;
import dev.enclave.testkit.FakeEnvironment;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service has deferred, as its operator sees it. */
class QueueCommandsTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Path folder;
  private final Cli cli;

  QueueCommandsTest(@TempDir Path folder) {
    this.folder = folder;
    this.cli = Cli.local(folder);
  }

  private String[] options(String... words) {
    return Stream.concat(
            Stream.of(
                "-D",
                "enclave.jobs.kek=jobs-kek",
                "-D",
                "enclave.jobs.directory=" + folder.resolve("jobs")),
            Stream.of(words))
        .toArray(String[]::new);
  }

  private Cli.Run run(String... words) {
    return cli.run(options(words));
  }

  /** The service whose configuration the command has too. */
  private Enclave service(String mode) {
    return builder(folder, mode).open();
  }

  static EnclaveFactory.Builder builder(Path folder, String mode) {
    return EnclaveFactory.builder()
        .with(FakeEnvironment.empty())
        .configFile(folder.resolve("local.properties"))
        .config(
            new ConfigSource(
                "the test",
                Map.of(
                    "enclave.jobs.kek",
                    "jobs-kek",
                    "enclave.jobs.mode",
                    mode,
                    "enclave.jobs.directory",
                    folder.resolve("jobs").toString())));
  }

  private static DeferredOperations deferred(Enclave enclave) {
    return enclave.deferred().orElseThrow();
  }

  private static Ticket submitted(Enclave enclave) {
    enclave.ensureKey(KeySpec.named("jobs-kek").algorithm(WrappingAlgorithm.AES_256_GCM));
    SigningKey key =
        enclave.ensureKey(KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    return deferred(enclave).submit(key, MESSAGE, SignOptions.by("user:7"));
  }

  private Ticket waiting() {
    try (Enclave enclave = service("submit")) {
      return submitted(enclave);
    }
  }

  @Test
  void list_showsWhatWaits_andCarriesNothingOut() {
    Ticket ticket = waiting();
    for (int i = 0; i < 2; i++) {
      Cli.Run run = run("queue", "list", "-D", "enclave.jobs.mode=drain");
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).isEmpty();
      assertThat(run.out())
          .startsWith("TICKET ")
          .contains(ticket.id() + "  SIGN  wallet-42  WAITING  0  ");
    }
    assertThat(run("queue", "list", "--json").out())
        .contains("\"ticket\" : \"" + ticket.id() + "\"", "\"status\" : \"WAITING\"");
    assertThat(run("queue", "list", "--limit", "1").err())
        .isEqualTo("warning: 1 tickets are listed; there may be more (--limit).\n");
  }

  @Test
  void show_showsEverything_andTheResultOnceThereIsOne() throws Exception {
    Ticket ticket = waiting();
    assertThat(run("queue", "show", ticket.id()).out())
        .contains("ticket:", ticket.id(), "caller:", "user:7", "WAITING", "expires:")
        .doesNotContain("result:");
    try (Enclave enclave = service("drain")) {
      deferred(enclave).ended(ticket.id()).toCompletableFuture().get(1, TimeUnit.MINUTES);
    }
    assertThat(run("queue", "show", ticket.id()).out()).contains("DONE", "result:");
    assertThat(run("queue", "list").out()).isEqualTo("No operation waits.\n");
    assertThat(run("queue", "list", "--all").out()).contains(ticket.id());
    assertThat(run("queue", "show", "--json", ticket.id()).out())
        .contains("\"nextAttempt\" : null", "\"error\" : null");
  }

  @Test
  void cancel_givesATicketUp_once_andTheAuditLogNamesWho() {
    Ticket ticket = waiting();
    Cli.Run run = run("queue", "cancel", ticket.id());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("Ticket " + ticket.id() + " is CANCELLED.\n");
    assertThat(run("audit", "show").out().lines())
        .anySatisfy(line -> assertThat(line).contains("DEFER", "tester"));
    assertThat(run("queue", "cancel", ticket.id()).code()).as("it is cancelled").isZero();
    assertThat(run("queue", "retry", ticket.id()).code()).isEqualTo(1);
  }

  @Test
  void retry_hasTheServiceTryNext_whatHasFailed() throws Exception {
    Ticket ticket = waiting();
    assertThat(run("keys", "disable", "wallet-42").code()).isZero();
    try (Enclave enclave = service("drain")) {
      Ticket failed =
          deferred(enclave).ended(ticket.id()).toCompletableFuture().get(1, TimeUnit.MINUTES);
      assertThat(failed.status()).isEqualTo(Ticket.Status.FAILED);
    }
    assertThat(run("keys", "enable", "wallet-42", "--version", "1").code()).isZero();
    Cli.Run run = run("queue", "retry", ticket.id());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("Ticket " + ticket.id() + " is WAITING, next attempt ");
    try (Enclave enclave = service("drain")) {
      assertThat(
              deferred(enclave)
                  .ended(ticket.id())
                  .toCompletableFuture()
                  .get(1, TimeUnit.MINUTES)
                  .status())
          .isEqualTo(Ticket.Status.DONE);
    }
  }

  @Test
  void anUnknownTicket_isNamed() {
    waiting();
    for (String command : new String[] {"show", "cancel", "retry"}) {
      Cli.Run run = run("queue", command, "t-none");
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("There is no ticket \"t-none\" of this deployment.");
    }
  }

  @Tag("full")
  @Test
  void aServiceThatIsRunningOnH2_isNamed_andOtherCommandsDoNotMind() throws Exception {
    waiting();
    try (RunningService running = RunningService.start(folder)) {
      assertThat(running.alive()).isTrue();
      Cli.Run run = run("queue", "list");
      assertThat(run.code()).isEqualTo(4);
      assertThat(run.err()).contains("another process", "(DEFERRAL_UNAVAILABLE)");
      Cli.Run keys = run("keys", "list");
      assertThat(keys.code()).isZero();
      assertThat(keys.err()).isEmpty();
    }
  }

  @Test
  void nothingThatIsSet_isSaid() {
    Cli.Run run = cli.run("queue", "list");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("enclave.jobs.kek is not set", "(CONFIGURATION_MISSING)");
  }

  /** One that nobody else gets while the database's files are made, and that it can listen on. */
  private static SocketChannel heldPort() throws IOException {
    return SocketChannel.open()
        .setOption(StandardSocketOptions.SO_REUSEADDR, true)
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @Tag("full")
  @Test
  void aDatabaseOfSeveralReplicas_isReadWhileTheyRun() throws Exception {
    try (SocketChannel port = heldPort();
        EmbeddedPostgres postgres =
            EmbeddedPostgres.builder()
                .setPort(port.socket().getLocalPort())
                .setPGStartupWait(Duration.ofMinutes(2))
                .start();
        Enclave enclave =
            builder(folder, "submit")
                .deferral(JobsProvider.on(postgres.getPostgresDatabase()))
                .open()) {
      Ticket ticket = submitted(enclave);
      String url = postgres.getJdbcUrl("postgres", "postgres");
      Cli.Run run = run("queue", "list", "--database", url);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).contains(ticket.id());
      assertThat(run("queue", "cancel", "--database", url, ticket.id()).code()).isZero();
      assertThat(deferred(enclave).find(ticket.id()).orElseThrow().status())
          .isEqualTo(Ticket.Status.CANCELLED);
    }
  }

  @Test
  void aPasswordOnTheCommandLine_isRefused_andNotRepeated() {
    waiting();
    for (String url :
        new String[] {
          "jdbc:postgresql://db/wallet?user=u&password=hunter2",
          "jdbc:postgresql://u:hunter2@db/wallet",
          "jdbc:postgresql://db/wallet?sslpassword=hunter2"
        }) {
      Cli.Run run = run("queue", "list", "--database", url);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("has a password in it").doesNotContain("hunter2");
    }
    assertThat(run("queue", "list", "--database", "mysql://db").err())
        .contains("is not a URL of PostgreSQL");
  }

  @Test
  void manyTickets_areAllThere() {
    try (Enclave enclave = service("submit")) {
      submitted(enclave);
      SigningKey key = enclave.signingKeys().key(dev.enclave.KeyName.of("wallet-42"));
      IntStream.range(0, 20)
          .forEach(i -> deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()));
    }
    assertThat(run("queue", "list").out().lines()).hasSize(22);
  }
}

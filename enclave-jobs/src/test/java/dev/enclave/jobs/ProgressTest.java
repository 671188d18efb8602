package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.deferred.Ticket;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much waits, and for how long, is told by health and, while it gets less, by a logger. */
class ProgressTest {

  private static final Pattern DEPTH = Pattern.compile("(\\d+) .*wait, the oldest for (PT\\S+)");
  private static final Pattern LINE =
      Pattern.compile("Deferred operations: (\\d+) wait, the oldest for (PT\\S+)");

  private final Wallet wallet;

  ProgressTest(@TempDir Path folder) {
    wallet = Wallet.in(folder);
  }

  private static List<String> submitted(Enclave enclave, SigningKey key, int count) {
    List<String> tickets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Message message = Message.ofUtf8("pay " + i);
      tickets.add(deferred(enclave).submit(key, message, SignOptions.defaults()).id());
    }
    return tickets;
  }

  @Test
  void healthSaysHowManyWait_andForHowLong() throws Exception {
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
      SigningKey key = key(enclave, "wallet-42");
      assertThat(waiting(enclave)).isEmpty();
      deferred(enclave).find("t-none");
      wallet.backend.begin();
      List<String> tickets = submitted(enclave, key, 3);
      Instant first = deferred(enclave).find(tickets.get(0)).orElseThrow().submitted();
      Duration atLeast = Duration.between(first, Instant.now());
      Matcher depth = DEPTH.matcher(waiting(enclave).get(0));
      Duration atMost = Duration.between(first, Instant.now());
      assertThat(depth.find()).isTrue();
      assertThat(depth.group(1)).isEqualTo("3");
      assertThat(Duration.parse(depth.group(2))).isBetween(atLeast, atMost);
      wallet.backend.end();
      for (String ticket : tickets) {
        ended(enclave, ticket);
      }
      assertThat(waiting(enclave)).isEmpty();
    }
  }

  private static List<String> waiting(Enclave enclave) {
    return enclave.health().findings().stream()
        .filter(finding -> finding.code() == ErrorCode.DEFERRED)
        .map(Finding::observed)
        .toList();
  }

  @Test
  void aLineSaysSo_whileTicketsAreCarriedOut() throws Exception {
    Lines lines = new Lines();
    Logger logger = Logger.getLogger("dev.enclave.jobs");
    logger.addHandler(lines);
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
      SigningKey key = key(enclave, "wallet-42");
      // Before all are submitted a line would count fewer.
      CompletableFuture<Void> all = new CompletableFuture<>();
      wallet.backend.beforeSign(
          () -> {
            if (!all.isDone() || (wallet.backend.signatures() >= 3 && !lines.first.isDone())) {
              throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "Away again.");
            }
          });
      List<String> tickets = submitted(enclave, key, 10);
      all.complete(null);
      Matcher line = lines.first.get(2, MINUTES);
      // The line may come before all three are made.
      assertThat(Integer.parseInt(line.group(1))).isBetween(7, 9);
      assertThat(Duration.parse(line.group(2))).isPositive();
      for (String ticket : tickets) {
        assertThat(ended(enclave, ticket).status()).isEqualTo(Ticket.Status.DONE);
      }
    } finally {
      logger.removeHandler(lines);
    }
  }

  /** Keeps the first line that says how much waits. */
  private static final class Lines extends Handler {

    private final CompletableFuture<Matcher> first = new CompletableFuture<>();

    @Override
    public void publish(LogRecord record) {
      Matcher line = LINE.matcher(new SimpleFormatter().formatMessage(record));
      if (line.matches()) {
        first.complete(line);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}

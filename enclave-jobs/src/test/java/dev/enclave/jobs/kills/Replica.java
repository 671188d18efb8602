package dev.enclave.jobs.kills;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyName;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.EnclaveException;
import dev.enclave.jobs.JobsProvider;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * A process of an application. Knows its keys, says {@code ready}; when it reads two numbers,
 * submits the signatures from the first to before the second and says {@code ticket NUMBER ID} of
 * each, then {@code submitted}. Of each ticket that it ends it says {@code ended ID STATUS RESULT}.
 */
final class Replica {

  /** Where PostgreSQL listens, among the settings; without it H2 is used. */
  static final String PORT = "campaign.postgres";

  /** How many keys the signatures are by. */
  static final String KEYS = "campaign.keys";

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final Map<String, String> settings;

  private Replica(Map<String, String> settings) {
    this.settings = settings;
  }

  /** Argument: the file of its settings. */
  public static void main(String[] arguments) throws IOException {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(arguments[0]))) {
      properties.load(in);
    }
    Map<String, String> settings = new TreeMap<>();
    properties.stringPropertyNames().forEach(n -> settings.put(n, properties.getProperty(n)));
    new Replica(settings).work();
  }

  private void work() throws IOException {
    Enclave enclave = reached(() -> open(settings));
    DeferredOperations deferred = enclave.deferred().orElseThrow();
    deferred.onEnded(
        ticket ->
            say(
                "ended "
                    + ticket.id()
                    + " "
                    + ticket.status()
                    + " "
                    + ticket.result().orElse(ticket.error().map(Enum::name).orElse("-"))));
    for (int i = 0; i < Integer.parseInt(settings.get(KEYS)); i++) {
      int number = i;
      reached(() -> key(enclave, settings, number));
    }
    // A queue that is still being opened could not read its key once the provider is away.
    var unused = reached(() -> deferred.find("t-none"));
    say("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] range = line.split(" ", 2);
      for (int i = Integer.parseInt(range[0]); i < Integer.parseInt(range[1]); i++) {
        int number = i;
        say("ticket " + number + " " + reached(() -> submit(enclave, deferred, number)).id());
      }
      say("submitted");
    }
  }

  private Ticket submit(Enclave enclave, DeferredOperations deferred, int number) {
    return deferred.submit(
        key(enclave, settings, number),
        message(number),
        SignOptions.by("user:7").once("order-" + number));
  }

  static SigningKey key(Enclave enclave, Map<String, String> settings, int number) {
    int keys = Integer.parseInt(settings.get(KEYS));
    return enclave.signingKeys().key(KeyName.of("wallet-" + number % keys));
  }

  static Message message(int number) {
    return Message.ofUtf8("pay " + number);
  }

  static Enclave open(Map<String, String> settings) {
    Map<String, String> own = new TreeMap<>(settings);
    String port = own.remove(PORT);
    own.remove(KEYS);
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new AwsKmsBackendProvider())
        .with(new RecordingAuditSink())
        .with(FakeEnvironment.empty())
        .deferral(port == null ? new JobsProvider() : JobsProvider.on(postgres(port)))
        .config(new ConfigSource("the campaign", own))
        .open();
  }

  /** With a pool, as an application has: the driver's own will do here. */
  @SuppressWarnings("deprecation")
  private static DataSource postgres(String port) {
    org.postgresql.ds.PGPoolingDataSource source = new org.postgresql.ds.PGPoolingDataSource();
    source.setURL("jdbc:postgresql://localhost:" + port + "/postgres?user=postgres");
    return source;
  }

  /** What fails for a while is tried again. */
  private static <T> T reached(Supplier<T> call) {
    while (true) {
      try {
        return call.get();
      } catch (EnclaveException e) {
        if (!e.retryable()) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  /** At once or not at all: a pipe takes so few bytes as one piece. */
  private synchronized void say(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

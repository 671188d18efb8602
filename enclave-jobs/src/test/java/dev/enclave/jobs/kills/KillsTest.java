package dev.enclave.jobs.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.deferred.Ticket;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.jobs.Postgres;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Signatures are deferred in an outage while processes are killed, and carried out after it while
 * they are killed again. Who is killed when is decided by a seed and by how far they are.
 */
@Tag("full")
class KillsTest {

  private static final long SEED = 20261128;
  private static final int LONG = Integer.getInteger("enclave.soak.deferred", 0);
  private static final int SHORT = 120;
  private static final int SIGNATURES = LONG > 0 ? LONG : SHORT;

  private static final int KILLS = LONG > 0 ? 50 : 3;

  private static final int KEYS = LONG > 0 ? 20 : 4;
  private static final Duration MEANT = Duration.ofMinutes(2);

  private final FaultInjector faults = new FaultInjector();
  private final AwsKmsServer aws = AwsKmsServer.builder().faults(faults).start();
  private final Promises promises = new Promises();
  private final Random random = new Random(SEED);
  private final Map<String, String> settings = new TreeMap<>();
  private final Path folder;

  /** Opens what the replicas have written to. */
  private interface Rows {
    Connection open() throws SQLException;
  }

  KillsTest(@TempDir Path folder) {
    this.folder = folder;
    settings.put("enclave.environment", "development");
    settings.put("enclave.backend", "aws-kms");
    settings.put("enclave.aws-kms.region", aws.region());
    settings.put("enclave.aws-kms.endpoint", aws.endpoint().toString());
    settings.put("enclave.aws-kms.sts-endpoint", aws.endpoint().toString());
    settings.put("enclave.aws-kms.allowed-endpoints", aws.endpoint().toString());
    settings.put("enclave.aws-kms.access-key-id", aws.credentials().accessKeyId());
    settings.put("enclave.aws-kms.secret-access-key", aws.credentials().secretAccessKey());
    settings.put("enclave.jobs.kek", "jobs-kek");
    settings.put(Replica.KEYS, Integer.toString(KEYS));
  }

  @Test
  void fourProcessesOnPostgres() throws Exception {
    try (Postgres postgres = Postgres.start()) {
      settings.put(Replica.PORT, Integer.toString(postgres.port()));
      suffer("4 processes on PostgreSQL", 4, KILLS / 2, () -> postgres.source().getConnection());
    }
  }

  @Test
  void oneProcessOnH2() throws Exception {
    Path jobs = folder.resolve("jobs");
    settings.put("enclave.jobs.directory", jobs.toString());
    suffer(
        "1 process on H2",
        1,
        // Nobody else goes on while it starts again.
        Math.max(1, KILLS / 5),
        () ->
            DriverManager.getConnection(
                "jdbc:h2:"
                    + jobs.resolve("deferred")
                    + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;WRITE_DELAY=0",
                "enclave",
                ""));
  }

  private void suffer(String who, int processes, int killsAfter, Rows rows) throws Exception {
    try (aws) {
      makeKeys();
      int killsBefore = KILLS - killsAfter;
      int before;
      Instant back;
      int after;
      // Nobody else looks into the file of a process that runs; its end ends its commit, too.
      Callable<?> look = processes == 1 ? () -> 0 : () -> compare(rows);
      try (Fleet fleet = new Fleet(written(), promises, processes)) {
        fleet.awaitReady();
        faults.beginOutage(Fault.Outage.REFUSED);
        submit(fleet, 0, SIGNATURES / 4);
        promises.awaitTickets(SIGNATURES / 4);
        // From here on processes can start again, and nothing is signed.
        faults.follow(
            FaultPlan.NONE.between(
                "Sign", 1, Long.MAX_VALUE, Fault.refused(Fault.Refused.Reason.UNAVAILABLE)));
        faults.endOutage();
        submit(fleet, SIGNATURES / 4, SIGNATURES);
        for (int i = 1; i < killsBefore; i++) {
          promises.awaitTickets(at(i, killsBefore, SIGNATURES / 4));
          killOne(fleet, processes, rows);
        }
        promises.awaitTickets(SIGNATURES);
        int victim = random.nextInt(processes);
        fleet.kill(victim);
        before = compare(rows);
        back = Instant.now();
        faults.follow(FaultPlan.NONE);
        fleet.start(victim);
        for (int i = 1; i <= killsAfter; i++) {
          promises.awaitReleased(at(i, killsAfter, 0), look);
          killOne(fleet, processes, rows);
        }
        promises.awaitReleased(SIGNATURES, look);
      }
      Duration took = Duration.between(back, Instant.now());
      after = compare(rows) - before;
      long requests =
          aws.journal().of("Sign").stream().filter(one -> one.time().isAfter(back)).count();
      System.out.printf(
          "%s, %d kills, %d of them after the outage: %d signatures made in the %d s after it, by"
              + " %d requests and %d attempts, %d of them told to a listener%n",
          who, KILLS, killsAfter, SIGNATURES, took.toSeconds(), requests, after, promises.told());
      verify();
      if (LONG > 0) {
        assertThat(took).isLessThan(MEANT);
        assertThat(requests).isLessThanOrEqualTo(SIGNATURES * 11L / 10);
        assertThat(after).isLessThanOrEqualTo(SIGNATURES * 11 / 10);
      }
    }
  }

  private static void submit(Fleet fleet, int from, int to) throws Exception {
    fleet.submit(from, to, LONG > 0 ? 50 : 10);
  }

  /** Somewhere in the {@code i}-th of as many parts, and one more, of what follows a number. */
  private int at(int i, int kills, int from) {
    double part = (SIGNATURES - from) / (kills + 1.0);
    return from + (int) (part * (i - 1 + random.nextDouble()));
  }

  private void killOne(Fleet fleet, int processes, Rows rows) throws Exception {
    int victim = random.nextInt(processes);
    fleet.kill(victim);
    compare(rows);
    fleet.start(victim);
  }

  private int compare(Rows rows) throws SQLException {
    try (Connection connection = rows.open()) {
      return promises.compare(connection);
    }
  }

  private void makeKeys() {
    try (Enclave enclave = Replica.open(settings)) {
      enclave.ensureKey(KeySpec.named("jobs-kek").algorithm(WrappingAlgorithm.AES_256_GCM));
      for (int i = 0; i < KEYS; i++) {
        enclave.ensureKey(
            KeySpec.named("wallet-" + i).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      }
    }
  }

  private Path written() throws Exception {
    Properties properties = new Properties();
    properties.putAll(settings);
    Path file = folder.resolve("replica.properties");
    try (Writer out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
    return file;
  }

  /** By the JDK, and not by Enclave, which has verified them too. */
  private void verify() throws Exception {
    try (Enclave enclave = Replica.open(settings)) {
      for (Map.Entry<Integer, String> one : promises.tickets().entrySet()) {
        Ticket ticket = enclave.deferred().orElseThrow().find(one.getValue()).orElseThrow();
        assertThat(ticket.status()).isEqualTo(Ticket.Status.DONE);
        SigningKey key = Replica.key(enclave, settings, one.getKey());
        Signature jdk = Signature.getInstance("SHA256withECDSA", "SunEC");
        jdk.initVerify(key.publicKey().toPublicKey());
        jdk.update(Replica.message(one.getKey()).toByteArray());
        assertThat(jdk.verify(ticket.signature().orElseThrow().bytes().toByteArray())).isTrue();
      }
    }
  }
}

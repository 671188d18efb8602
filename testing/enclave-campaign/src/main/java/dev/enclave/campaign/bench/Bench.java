package dev.enclave.campaign.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.campaign.cloud.Backups;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.error.ConnectivityException;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A server with faults on command, and Enclaves that use it. */
public final class Bench implements AutoCloseable {

  /** What the clients of the clouds give a connection, the least of all that they wait for. */
  private static final Duration SHORTEST_DEADLINE = Duration.ofSeconds(1);

  private static final int MOST_TRIES = 10;

  public final FaultInjector faults = new FaultInjector();
  private final SkippedClock clock = new SkippedClock();
  private final CloudUnderTest cloud;
  private final CloudServer server;
  private final RecordingAuditSink log = new RecordingAuditSink();

  public Bench(CloudUnderTest cloud) {
    this.cloud = cloud;
    this.server = cloud.start(faults, clock);
  }

  public Deployment deployment() {
    return server.deployment();
  }

  public CloudAccount account() {
    return cloud.account(deployment());
  }

  /**
   * An Enclave of its own, with readings, breaker and budget of its own, which waits for nothing.
   */
  public Enclave open() {
    return open(time(), audit());
  }

  /** For one more Enclave: all of them have one log, as processes of one machine have. */
  public RecordingAuditSink audit() {
    return log.sharing();
  }

  /** The time of an Enclave of its own, which is that of the server to begin with. */
  public SkippingTime time() {
    return new SkippingTime(clock);
  }

  /**
   * The same, on a day on which nothing fails but a busy machine: the first start of a process
   * loads a provider's whole SDK before its deadline. More starts get over that alone: each that
   * fails really took so long, and the service failed nobody.
   */
  public Enclave openCalm() {
    return openCalm(time());
  }

  /** The same, with a time of its own. */
  public Enclave openCalm(TimeSource time) {
    return calm(() -> open(time, audit()));
  }

  private Enclave calm(Supplier<Enclave> opening) {
    for (int tries = 1; ; tries++) {
      long began = System.nanoTime();
      int before = journal().size();
      try {
        return opening.get();
      } catch (ConnectivityException e) {
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertThat(took).as(e.getMessage()).isGreaterThan(SHORTEST_DEADLINE);
        requireServed(journalSince(before));
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  /** Asserts that the service answered every request that reached it, and not by failing. */
  public static void requireServed(List<JournalEntry> journal) {
    assertThat(journal)
        .allSatisfy(
            entry -> {
              assertThat(entry.fate()).isEqualTo(JournalEntry.Fate.ANSWERED);
              assertThat(entry.status()).isLessThan(500);
            });
  }

  /** Takes keys in until the server has made what it needs for that; it must answer each time. */
  public void warmImports(Enclave calm) {
    Backups.warmImports(calm, () -> requireServed(journal()));
  }

  public Enclave open(TimeSource time, AuditSink audit) {
    return builder(audit).with(time).open();
  }

  /** It does nothing by itself, which would come among the requests that are counted. */
  private EnclaveFactory.Builder builder(AuditSink audit) {
    return deployment().builder(cloud).with(audit).scheduler(new HeldTasks());
  }

  /** One that looks on for as long as the server is there. */
  public Enclave openOnlooker() {
    return open(new FollowingTime(clock), audit());
  }

  /** With the machine's own clock, on such a day. */
  public Enclave openInRealTime() {
    return calm(() -> builder(audit()).open());
  }

  public List<JournalEntry> journal() {
    return server.journal();
  }

  public List<JournalEntry> journalSince(int before) {
    List<JournalEntry> all = journal();
    return all.subList(before, all.size());
  }

  /** How many requests of each operation there were. */
  public static Map<String, Integer> count(List<JournalEntry> journal) {
    Map<String, Integer> requests = new TreeMap<>();
    for (JournalEntry entry : journal) {
      requests.merge(entry.operation(), 1, Integer::sum);
    }
    return requests;
  }

  @Override
  public void close() {
    server.close();
  }
}

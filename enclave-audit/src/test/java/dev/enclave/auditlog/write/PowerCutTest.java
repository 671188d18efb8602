package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.checkpoint.Retention;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.support.MachineTime;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Power cuts at every operation on the disk, while threads write. A hang is a failure. */
@Timeout(300)
@Tag("full")
final class PowerCutTest {

  private static final int THREADS = 3;
  private static final int EVENTS = 30;
  private static final int ROUNDS = Integer.getInteger("enclave.soak.power-cuts", 1);

  // Held, since a logger that nobody holds forgets its level: each cut is a warning, and expected.
  private final Logger logger = Logger.getLogger("dev.enclave.audit");
  private final HandTime time = new HandTime();
  private final ExecutorService pool = Executors.newFixedThreadPool(THREADS);
  private final Path directory;
  private int unknown;

  PowerCutTest(@TempDir Path directory) {
    this.directory = directory;
    logger.setLevel(Level.OFF);
  }

  @AfterEach
  void endThreads() {
    pool.shutdownNow();
    logger.setLevel(null);
  }

  @Test
  void whateverTheLastOperationWas_theLogOpens_verifies_andHasEveryDurableEvent() throws Exception {
    int cuts = 0;
    for (int round = 0; round < ROUNDS; round++) {
      for (int step = 1; ; step++) {
        Set<Integer> released = new TreeSet<>();
        ForgetfulDisk disk = new ForgetfulDisk(1000L * round + step, step);
        load(disk, released, 0);
        if (!disk.cut()) {
          break;
        }
        cuts++;
        // A second cut soon after the first, while the log is put in order again.
        ForgetfulDisk again = disk.afterPowerCut(step % 23);
        load(again, released, 1_000_000);
        ForgetfulDisk restored = again.cut() ? again.afterPowerCut(Integer.MAX_VALUE) : again;
        load(restored, released, 2_000_000);
        check(restored, released, "round " + round + " step " + step);
      }
    }
    assertThat(cuts).isGreaterThan(100);
    assertThat(unknown).as("intents without an outcome").isPositive();
    System.out.println(
        "Power was cut "
            + 2 * cuts
            + " times, each time elsewhere; "
            + unknown
            + " intents were reported as unknown.");
  }

  /** Opens and uses the log until all is written or the power is cut. */
  private void load(ForgetfulDisk disk, Set<Integer> released, int first) throws Exception {
    AuditLogSettings settings =
        new AuditLogSettings(
            time,
            new MachineTime(),
            new SecureRandom(),
            3_000,
            Optional.of(Duration.ofDays(100_000)));
    Set<Integer> durable = ConcurrentHashMap.newKeySet();
    Retention retention = new Retention(disk, time, settings.retention());
    retention.begin();
    try (CheckpointFile checkpoints =
            new CheckpointFile(
                disk, () -> () -> {}, LogIdentity.openOrMake(disk, settings.random()));
        LaneWriter lane = FileAuditSink.start(disk, checkpoints, 0, settings, retention)) {
      List<Callable<Boolean>> threads = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int begin = first + thread * 10_000;
        threads.add(() -> append(lane, begin, durable));
      }
      for (Future<Boolean> done : pool.invokeAll(threads)) {
        assertThat(done.get()).isNotNull();
      }
    } catch (CorruptLogException e) {
      throw new AssertionError("a power cut made it look corrupt: " + e.getMessage(), e);
    } catch (IOException e) {
      assertThat(disk.cut()).as(String.valueOf(e.getMessage())).isTrue();
    }
    released.addAll(durable);
  }

  private static boolean append(LaneWriter lane, int begin, Set<Integer> durable) {
    for (int i = begin; i < begin + EVENTS; i++) {
      boolean forced = i % 3 != 0;
      // Every third is remote: its intent is durable first.
      Phase phase = i % 3 == 1 ? Phase.OUTCOME : Phase.SINGLE;
      try {
        if (phase == Phase.OUTCOME) {
          lane.append(event(i, Phase.INTENT), Durability.DURABLE);
        }
        lane.append(event(i, phase), forced ? Durability.DURABLE : Durability.BUFFERED);
      } catch (IOException e) {
        return false;
      }
      if (forced) {
        durable.add(i);
      }
    }
    return true;
  }

  private static AuditEvent event(int number, Phase phase) {
    return Events.of("operation-" + number, phase, "user:" + number, Map.of());
  }

  private void check(ForgetfulDisk disk, Set<Integer> released, String when) throws IOException {
    Logs.clear(directory);
    for (String name : disk.names()) {
      Files.write(directory.resolve(name), disk.content(name));
    }
    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.problem()).as(when).isEmpty();

    List<String> lines =
        Segment.of(0, disk.names()).stream()
            .flatMap(s -> new String(disk.content(s.name()), StandardCharsets.UTF_8).lines())
            .toList();
    Set<String> intents = numbers(lines.stream().filter(PowerCutTest::isIntent));
    Set<String> outcomes = numbers(lines.stream().filter(line -> !isIntent(line)));
    assertThat(outcomes).as(when).containsAll(released.stream().map(String::valueOf).toList());
    intents.removeAll(outcomes);
    assertThat(found.unknownOutcomes())
        .as(when)
        .containsExactlyInAnyOrderElementsOf(intents.stream().map(i -> "operation-" + i).toList());
    unknown += intents.size();
  }

  private static boolean isIntent(String line) {
    return line.contains("\"phase\":\"INTENT\"");
  }

  private static Set<String> numbers(Stream<String> lines) {
    return lines
        .map(line -> line.replaceAll(".*\"caller\":\"user:([0-9]+)\".*", "$1"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.checkpoint.Retention;
import dev.enclave.auditlog.checkpoint.VerifierKeys;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.LogLock;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.support.MachineTime;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Power cuts, and kills before them, at every operation on the disk while a log is made and names
 * its countersigner.
 */
@Timeout(300)
@Tag("full")
final class CountersignerPowerCutTest {

  /** Whether the backend answers, at each of three starts. */
  enum Backend {
    ANSWERS(true, true, true),
    ANSWERS_LATER(false, true, true),
    IS_AWAY_ONCE(true, false, true),
    ANSWERS_LAST(false, false, true);

    private final boolean first;
    private final boolean second;
    private final boolean third;

    Backend(boolean first, boolean second, boolean third) {
      this.first = first;
      this.second = second;
      this.third = third;
    }
  }

  /** What ends the first two starts. */
  enum End {
    CUT,
    KILLED
  }

  // Held, since a logger that nobody holds forgets its level: each cut is a warning, and expected.
  private final Logger logger = Logger.getLogger("dev.enclave.audit");
  private final HandTime time = new HandTime();
  private final HandBackend backend = new HandBackend();
  private final Path directory;
  private final Set<String> told = new LinkedHashSet<>();
  private final Set<String> toldNamed = new LinkedHashSet<>();

  CountersignerPowerCutTest(@TempDir Path directory) {
    this.directory = directory;
    logger.setLevel(Level.OFF);
  }

  @AfterEach
  void tellAgain() {
    logger.setLevel(null);
  }

  @ParameterizedTest
  @EnumSource
  void whateverTheLastOperationWas_theLogOpens_withTheKeysItHasTold(Backend backends)
      throws IOException {
    int cuts = 0;
    for (End first : End.values()) {
      boolean ended = true;
      for (int step = 1; ended; step++) {
        ended = false;
        for (int again = 1 + step % 5; again <= 24; again += 5) {
          told.clear();
          toldNamed.clear();
          ForgetfulDisk disk = new ForgetfulDisk(1000L * step + again, step);
          use(disk, backends.first);
          ended |= disk.cut();
          ForgetfulDisk second =
              first == End.CUT ? disk.afterPowerCut(again) : disk.afterKill(again);
          use(second, backends.second);
          ForgetfulDisk last = second.afterPowerCut(Integer.MAX_VALUE);
          use(last, backends.third);
          check(last, backends + ", " + first + " at " + step + ", cut again at " + again);
          cuts++;
        }
      }
    }
    assertThat(cuts).isGreaterThan(200);
  }

  /** Opens and uses the log until all is done or the power is cut. */
  private void use(ForgetfulDisk disk, boolean answers) throws IOException {
    LogLock.Taker lock = () -> () -> {};
    AuditLogSettings settings =
        new AuditLogSettings(time, new MachineTime(), new SecureRandom(), 3_000, Optional.empty());
    try {
      try (CheckpointFile checkpoints =
              new CheckpointFile(disk, lock, LogIdentity.openOrMake(disk, settings.random()));
          LaneWriter lane =
              FileAuditSink.start(
                  disk,
                  checkpoints,
                  0,
                  settings,
                  new Retention(disk, time, settings.retention()))) {
        lane.append(Events.numbered(1), Durability.DURABLE);
        backend.down(!answers);
        checkpoints.signer().use(backend, true);
        if (answers) {
          checkpoints.settleCountersigner(time.now());
        }
        told.add(checkpoints.verifierKeys().own().text());
        checkpoints.verifierKeys().countersigner().ifPresent(key -> toldNamed.add(key.text()));
        lane.append(Events.numbered(2), Durability.DURABLE);
      }
    } catch (CorruptLogException e) {
      throw new AssertionError("a power cut made it look corrupt: " + e.getMessage(), e);
    } catch (IOException e) {
      assertThat(disk.cut()).as(String.valueOf(e.getMessage())).isTrue();
    }
  }

  private void check(ForgetfulDisk disk, String when) throws IOException {
    VerifierKeys keys = LogIdentity.verifier(disk);
    assertThat(told).as(when).containsExactly(keys.own().text());
    assertThat(toldNamed).as(when).containsExactly(keys.countersigner().orElseThrow().text());

    Logs.clear(directory);
    for (String name : disk.names()) {
      Files.write(directory.resolve(name), disk.content(name));
    }
    var found = AuditLogVerifier.verify(directory);
    assertThat(found.problem()).as(when).isEmpty();
    assertThat(found.uncovered()).as(when).isZero();
    assertThat(found.countersigned()).as(when).isPresent();
  }
}

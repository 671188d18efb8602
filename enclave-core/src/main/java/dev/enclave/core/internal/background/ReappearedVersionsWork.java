package dev.enclave.core.internal.background;

import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.write.DestroyedRecords;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.ReappearedVersions.Found;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit log once, a file a step, for the versions that were destroyed; then looks now and
 * then whether one is among the keys that were read, and says so.
 */
public final class ReappearedVersionsWork implements BackgroundWork {

  /** Opens a reading of the log, from its beginning. */
  public interface Log {
    DestroyedRecords open() throws IOException;
  }

  /** So that whoever opens an Enclave for one call is not kept by it. */
  private static final Duration FIRST = Duration.ofSeconds(1);

  /** So that a long log leaves the machine to others. */
  private static final Duration BETWEEN_FILES = Duration.ofMillis(100);

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final KeyDirectory keys;
  private final Log log;
  private final Set<String> told = new HashSet<>();
  private @Nullable DestroyedRecords reading;
  private boolean read;
  // Read by health, on other threads.
  private volatile @Nullable String unread;

  public ReappearedVersionsWork(KeyDirectory keys, Log log) {
    this.keys = keys;
    this.log = log;
  }

  /** Whether there is anything to find. */
  public static boolean finds(KeyDirectory keys) {
    return !keys.resolved().usesKeysElsewhere();
  }

  @Override
  public Duration first(RandomGenerator random) {
    return FIRST;
  }

  @Override
  public Duration step() {
    if (!read) {
      try {
        if (more()) {
          return BETWEEN_FILES;
        }
      } catch (IOException e) {
        return failed(e);
      }
    }
    found().stream()
        .map(Found::observed)
        .filter(told::add)
        .forEach(observed -> LOG.log(Level.ERROR, Texts.KEY_DATA_PUT_BACK.with(observed)));
    return PollingIntervals.LONGEST;
  }

  /** Reads a file; returns whether there are more. */
  private boolean more() throws IOException {
    DestroyedRecords begun = reading;
    DestroyedRecords now = begun == null ? log.open() : begun;
    // Whatever fails, the next reading begins anew.
    reading = null;
    if (now.read()) {
      reading = now;
      return true;
    }
    keys.reappeared().known(now.found());
    read = true;
    unread = null;
    return false;
  }

  /** It is tried again later. A thread that is interrupted is told to end. */
  private Duration failed(IOException e) {
    if (!Thread.currentThread().isInterrupted()) {
      if (unread == null) {
        LOG.log(Level.WARNING, Texts.DESTROYED_UNKNOWN.with(Reasons.of(e)));
      }
      unread = Reasons.of(e);
    }
    return PollingIntervals.LONGEST;
  }

  private List<Found> found() {
    return keys.resolved().slots().values().stream()
        .flatMap(slot -> keys.reappeared().in(slot).stream())
        .toList();
  }

  @Override
  public Optional<Finding> health() {
    List<Found> found = found();
    if (!found.isEmpty()) {
      Found first = found.get(0);
      return Optional.of(
          Finding.of(
              Severity.ERROR,
              ErrorCode.KEY_DATA_CORRUPT,
              found.size() == 1
                  ? first.observed()
                  : Texts.FOUND_AGAIN.with(found.size(), first.observed()),
              first.fix()));
    }
    return Optional.ofNullable(unread)
        .map(
            why ->
                Texts.DESTROYED_UNKNOWN_FINDING.finding(
                    Severity.WARNING, ErrorCode.AUDIT_UNAVAILABLE, why));
  }

  @Override
  public String done() {
    return Texts.COMPARED_WITH_LOG.with();
  }
}

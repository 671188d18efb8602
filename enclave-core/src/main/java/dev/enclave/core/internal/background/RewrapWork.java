package dev.enclave.core.internal.background;

import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.lifecycle.KeyRewrapping;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a replica does to rewrap keys after their key-encryption key has rotated: looks now and then
 * which version wraps, and goes through all keys when that is another one, when it has just begun,
 * and once a day, since a process with an older reading may have written under an older version.
 *
 * <p>A replica whose account may not write asks whether it may, and for nothing else. Each replica
 * goes through the keys in an order of its own and finds those done that others did first.
 */
public final class RewrapWork implements BackgroundWork {

  /** On whose behalf, in the audit log. */
  static final String CALLER = "rewrapping";

  private static final int NAMED = 5;

  private final KeyRewrapping rewrapping;
  private final PollingIntervals pace;
  private final SecureRandom random;
  private final Deque<KeyName> left = new ArrayDeque<>();
  // Read by health, on other threads.
  private final Map<KeyName, ErrorCode> failed = Collections.synchronizedMap(new TreeMap<>());
  private Optional<KeyVersionId> kek = Optional.empty();
  // Counted by the delays that the steps ask for, so that no clock that jumps has a say.
  private Duration rest = Duration.ZERO;
  private Duration sincePass = Duration.ZERO;
  private boolean paused;
  private int failuresInARow;

  public RewrapWork(Operations operations, OpenBackend backend, SecureRandom random) {
    this.rewrapping = new KeyRewrapping(operations, CALLER);
    this.pace = backend.remote() ? PollingIntervals.REMOTE : PollingIntervals.LOCAL;
    this.random = random;
  }

  @Override
  public Duration step() {
    Duration delay = next();
    rest = rest.compareTo(delay) > 0 ? rest.minus(delay) : Duration.ZERO;
    sincePass = sincePass.plus(delay);
    return delay;
  }

  private Duration next() {
    if (rest.isZero()) {
      paused = false;
      look();
    } else if (!paused && !left.isEmpty()) {
      rewrap(left.remove());
    } else {
      return rest.compareTo(PollingIntervals.LONGEST) > 0 ? PollingIntervals.LONGEST : rest;
    }
    return PollingIntervals.around(pace.learning(), random);
  }

  private void look() {
    try {
      if (!rewrapping.mayRewrap()) {
        left.clear();
        failed.clear();
        rest = PollingIntervals.around(pace.listing(), random);
        return;
      }
      Optional<KeyVersionId> now = Optional.of(rewrapping.kekVersion());
      if (!kek.equals(now)
          || (left.isEmpty() && sincePass.compareTo(PollingIntervals.FRESH) >= 0)) {
        beginPass();
        kek = now;
      } else if (left.isEmpty()) {
        left.addAll(List.copyOf(failed.keySet()));
      }
      rest = PollingIntervals.around(pace.looking(), random);
    } catch (EnclaveException e) {
      pause();
    }
  }

  private void beginPass() {
    List<KeyName> names = new ArrayList<>(rewrapping.names());
    Collections.shuffle(names, random);
    left.clear();
    left.addAll(names);
    failed.keySet().retainAll(names);
    sincePass = Duration.ZERO;
  }

  private void pause() {
    failuresInARow++;
    rest = PollingIntervals.pause(failuresInARow, random);
    paused = true;
  }

  private void rewrap(KeyName name) {
    try {
      rewrapping.rewrap(name, kek.orElseThrow(), false);
      failed.remove(name);
      failuresInARow = 0;
    } catch (EnclaveException e) {
      failed(name, e);
    }
  }

  private void failed(KeyName name, EnclaveException e) {
    if (e.code() == ErrorCode.KEY_NOT_FOUND) {
      failed.remove(name);
      return;
    }
    failed.put(name, e.code());
    if (e.retryable() || e.category() == ErrorCategory.CONNECTIVITY) {
      // An outage is not the key's; others come first when that is over.
      left.addLast(name);
      pause();
    }
  }

  @Override
  public String done() {
    return "rewrapped";
  }

  @Override
  public Optional<Finding> health() {
    Map<KeyName, ErrorCode> now;
    synchronized (failed) {
      now = new TreeMap<>(failed);
    }
    if (now.isEmpty()) {
      return Optional.empty();
    }
    String listed =
        now.entrySet().stream()
            .limit(NAMED)
            .map(key -> key.getKey() + " (" + key.getValue() + ")")
            .collect(Collectors.joining(", "));
    String names = now.size() > NAMED ? Texts.AND_OTHERS.with(listed) : listed;
    ErrorCode first = now.values().iterator().next();
    return Optional.of(
        now.size() == 1
            ? Texts.ONE_NOT_REWRAPPED.finding(Severity.WARNING, first, names)
            : Texts.NOT_REWRAPPED.finding(Severity.WARNING, first, now.size(), names));
  }
}

package dev.enclave.core.internal.background;

import dev.enclave.KeyName;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * When which key is due, as far as this replica knows: what it has read once need not be read again
 * before it is due, since a rotation by somebody else only puts it off. Thread-safe.
 */
final class RotationIndex {

  /** So long after the window a key that is not rotated is overdue. */
  static final Duration GRACE = Duration.ofHours(1);

  /**
   * What is known of a key's rotation, or of the end of an old version's life.
   *
   * @param failures how often this step has failed here
   * @param lastFailure why it failed last
   */
  record Known(
      KeyName name,
      DueStep next,
      Instant attemptAt,
      int failures,
      Optional<ErrorCode> lastFailure) {

    Task task() {
      return Task.of(name, next);
    }

    boolean overdue(Instant now) {
      boolean late = next.dueAt().plus(next.window()).plus(GRACE).isBefore(now);
      return late && (failures > 0 || attemptAt.plus(GRACE).isBefore(now));
    }
  }

  /**
   * What goes on by itself: of a key both may be due, and the failure of one holds the other up in
   * no way.
   *
   * @param ends whether an old version's life ends, else the key is rotated
   */
  record Task(KeyName name, boolean ends) {
    static Task of(KeyName name, DueStep step) {
      return new Task(name, step.act().ends());
    }
  }

  private final Set<KeyName> names = new HashSet<>();
  private final Set<KeyName> unread = new LinkedHashSet<>();
  // In the order in which they were read.
  private final Map<KeyName, Instant> readAt = new LinkedHashMap<>();
  private final Map<Task, Known> known = new LinkedHashMap<>();
  private final TreeSet<Known> byAttempt =
      new TreeSet<>(
          Comparator.comparing(Known::attemptAt)
              .thenComparing(Known::name)
              .thenComparing(step -> step.task().ends()));

  /** Takes a new list of all names: those that are new are to be read, in an order of its own. */
  synchronized void listed(Collection<KeyName> all, Random random) {
    Set<KeyName> gone = new HashSet<>(names);
    gone.removeAll(new HashSet<>(all));
    gone.forEach(this::remove);
    List<KeyName> added = new ArrayList<>(all);
    added.removeIf(name -> !names.add(name));
    Collections.shuffle(added, random);
    unread.addAll(added);
  }

  /** Forgets a key that is not there any more. */
  synchronized void remove(KeyName name) {
    names.remove(name);
    unread.remove(name);
    readAt.remove(name);
    forget(new Task(name, false));
    forget(new Task(name, true));
  }

  /**
   * Takes what a reading tells of a key. A step that was known already keeps the time of its
   * attempt.
   *
   * @param steps none if it is never due
   * @param attemptAt of a step that was not known
   */
  synchronized void read(
      KeyName name, List<DueStep> steps, Instant now, Function<DueStep, Instant> attemptAt) {
    names.add(name);
    unread.remove(name);
    readAt.remove(name);
    readAt.put(name, now);
    for (boolean ends : List.of(false, true)) {
      Task task = new Task(name, ends);
      Optional<DueStep> next =
          steps.stream().filter(step -> step.act().ends() == task.ends()).findFirst();
      Known before = known.get(task);
      if (next.isPresent() && before != null && before.next().same(next.get())) {
        if (!before.next().equals(next.get())) {
          put(
              new Known(
                  name, next.get(), before.attemptAt(), before.failures(), before.lastFailure()));
        }
      } else {
        forget(task);
        next.ifPresent(
            step -> put(new Known(name, step, attemptAt.apply(step), 0, Optional.empty())));
      }
    }
  }

  /** Notes that a key cannot be read; what was known of it holds. */
  synchronized void unreadable(KeyName name, Instant now) {
    unread.remove(name);
    readAt.remove(name);
    readAt.put(name, now);
  }

  /** Notes that an attempt failed, why, and when the next one is. */
  synchronized void postponed(Task task, Instant until, ErrorCode failure) {
    Known before = known.get(task);
    if (before != null) {
      put(
          new Known(
              task.name(), before.next(), until, before.failures() + 1, Optional.of(failure)));
    }
  }

  private void put(Known changed) {
    forget(changed.task());
    known.put(changed.task(), changed);
    byAttempt.add(changed);
  }

  private void forget(Task task) {
    Known before = known.remove(task);
    if (before != null) {
      byAttempt.remove(before);
    }
  }

  /** How often the known step has failed. */
  synchronized int failures(Task task) {
    Known found = known.get(task);
    return found == null ? 0 : found.failures();
  }

  /** The step to attempt now, if there is one. */
  synchronized Optional<Known> toAttempt(Instant now) {
    return first().filter(soonest -> !soonest.attemptAt().isAfter(now));
  }

  /** When the next step is to be attempted, if any is known. */
  synchronized Optional<Instant> nextAttempt() {
    return first().map(Known::attemptAt);
  }

  private Optional<Known> first() {
    return byAttempt.isEmpty() ? Optional.empty() : Optional.of(byAttempt.first());
  }

  /** A key that has not been read yet. */
  synchronized Optional<KeyName> toLearn() {
    return unread.stream().findFirst();
  }

  /** The key that was read longest ago, if that was before {@code before}. */
  synchronized Optional<KeyName> toRefresh(Instant before) {
    Map.@Nullable Entry<KeyName, Instant> oldest = oldest();
    return oldest == null || !oldest.getValue().isBefore(before)
        ? Optional.empty()
        : Optional.of(oldest.getKey());
  }

  private Map.@Nullable Entry<KeyName, Instant> oldest() {
    Iterator<Map.Entry<KeyName, Instant>> inOrder = readAt.entrySet().iterator();
    return inOrder.hasNext() ? inOrder.next() : null;
  }

  /** What should have been done and was not, what is due longest first. */
  synchronized List<Known> overdue(Instant now) {
    return known.values().stream()
        .filter(key -> key.overdue(now))
        .sorted(Comparator.comparing((Known key) -> key.next().dueAt()).thenComparing(Known::name))
        .toList();
  }
}

package dev.enclave.emulators.internal.vault.kv;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A secret with its versions ({@code builtin/logical/kv}, KeyMetadata and Version). Immutable.
 *
 * @param settings of its metadata
 * @param created when
 * @param updated when its metadata or a version last changed
 * @param current the number of the newest version; 0 without one
 * @param oldest the number of the oldest version that was not forgotten
 * @param versions by number
 */
record Secret(
    Settings settings,
    Instant created,
    Instant updated,
    int current,
    int oldest,
    SortedMap<Integer, Version> versions) {

  /**
   * What can be set for a secret, or for all of a mount.
   *
   * @param maxVersions 0 for what the mount says, or 10
   * @param casRequired whether writes must say which version they replace
   * @param deleteAfter when versions are deleted by themselves; zero for never
   * @param custom metadata; empty where none was set
   */
  record Settings(
      int maxVersions,
      boolean casRequired,
      Duration deleteAfter,
      Optional<Map<String, @Nullable Object>> custom) {

    static final Settings NONE = new Settings(0, false, Duration.ZERO, Optional.empty());
  }

  /** One version; its data are empty once it is destroyed. */
  record Version(
      Optional<Map<String, @Nullable Object>> data,
      Instant created,
      Optional<Instant> deletion,
      boolean destroyed) {

    boolean gone(Instant now) {
      return destroyed || deletion.filter(time -> !time.isAfter(now)).isPresent();
    }

    Version deleted(Optional<Instant> time) {
      return new Version(data, created, time, destroyed);
    }

    Version withoutData() {
      return new Version(Optional.empty(), created, deletion, true);
    }

    /** As answers have it, without its number. */
    Map<String, @Nullable Object> answer() {
      Map<String, @Nullable Object> answer = new LinkedHashMap<>();
      answer.put("created_time", created.toString());
      answer.put("deletion_time", deletion.map(Instant::toString).orElse(""));
      answer.put("destroyed", destroyed);
      return answer;
    }

    /** Shows no data. */
    @Override
    public String toString() {
      return "Version[" + created + "]";
    }
  }

  private static final int MOST_VERSIONS = 10;

  static Secret empty(Instant now) {
    return new Secret(Settings.NONE, now, now, 0, 0, Collections.emptySortedMap());
  }

  /**
   * With a version more, and without those that are too many ({@code path_data.go}, AddVersion).
   */
  Secret with(Map<String, @Nullable Object> data, Settings mount, Instant now) {
    SortedMap<Integer, Version> more = new TreeMap<>(versions);
    more.put(current + 1, new Version(Optional.of(data), now, deletion(mount, now), false));
    int most = Math.max(settings.maxVersions(), mount.maxVersions());
    int first = Math.max(oldest, current + 2 - (most > 0 ? most : MOST_VERSIONS));
    return new Secret(
        settings,
        created,
        now,
        current + 1,
        Math.max(first, 0),
        Collections.unmodifiableSortedMap(new TreeMap<>(more.tailMap(first))));
  }

  /** When a version of now will be deleted by itself: the shorter of the two times. */
  Optional<Instant> deletion(Settings mount, Instant now) {
    Duration own = settings.deleteAfter();
    Duration all = mount.deleteAfter();
    if (mount.deleteAfter().isNegative() || own.isNegative()) {
      return Optional.empty();
    }
    Duration after = own.isZero() ? all : all.isZero() ? own : own.compareTo(all) < 0 ? own : all;
    return after.isZero() ? Optional.empty() : Optional.of(now.plus(after));
  }

  Secret with(Settings newSettings, Instant now) {
    return new Secret(newSettings, created, now, current, oldest, versions);
  }

  /** With some versions changed; unknown and destroyed ones stay as they are. */
  Secret changing(Iterable<Integer> numbers, Instant now, UnaryOperator<Version> change) {
    SortedMap<Integer, Version> changed = new TreeMap<>(versions);
    for (int number : numbers) {
      Version version = changed.get(number);
      if (version != null && !version.destroyed()) {
        changed.put(number, change.apply(version));
      }
    }
    return new Secret(
        settings, created, now, current, oldest, Collections.unmodifiableSortedMap(changed));
  }
}

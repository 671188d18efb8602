package dev.enclave.kit.key;

import dev.enclave.KeyHandle;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.kit.key.ServiceKey.Material;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was decided last about a key: which of its versions is active, and what became of the
 * others. Decisions of a key are numbered from 1; the last one holds, whole, and none is ever
 * changed. Where a service records no such thing, the ledger infers it from tags. Immutable.
 *
 * @param number which decision; 1 is implied by the key itself
 * @param active the version that is active from then on
 * @param used every version that was active at some time, or was retired by itself
 * @param off those of them that a rotation left {@link KeyState#DISABLED}: whoever reads takes them
 *     for that, also if the process that decided died before it switched them off
 * @param restored the versions from outside that count; what is none of these and was brought is
 *     left of an attempt
 * @param operationId which operation decided
 * @param activatedAt when versions last became active, as far as that was kept; of many the newest
 *     hundred
 * @param rotation the rotation interval, if it was changed since the key was made
 * @param movedTo where the key was migrated to since a version became active
 */
public record Decision(
    int number,
    Optional<String> active,
    Set<String> used,
    Set<String> off,
    Set<String> restored,
    String operationId,
    SortedMap<String, Instant> activatedAt,
    Optional<RotationInterval> rotation,
    Optional<KeyHandle> movedTo) {

  /** What was decided about a version. */
  enum Standing {
    /** Nothing yet: it is being made, was prepared, or is none of Enclave's. */
    UNNAMED,
    /** It is the one that signs. */
    ACTIVE,
    /** It was, or was retired by itself: it verifies. */
    RETIRED,
    /** It was, and whoever replaced it said that it is to be switched off. */
    OFF;

    /** The state of a version of which the service says that of its material. */
    KeyState state(Material material) {
      return switch (material) {
        case GONE -> KeyState.DESTROYED;
        case OFF -> KeyState.DISABLED;
        case PENDING -> KeyState.PENDING;
        case ON ->
            switch (this) {
              case ACTIVE -> KeyState.ACTIVE;
              case RETIRED -> KeyState.VERIFY_ONLY;
              case OFF -> KeyState.DISABLED;
              case UNNAMED -> KeyState.PENDING;
            };
      };
    }
  }

  /** Names of tags, behind a prefix. */
  public static final String NUMBER = "decision";

  public static final String ACTIVE = "active";
  public static final String USED = "used";
  public static final String OFF = "off";
  public static final String COUNTED = "restored-versions";
  public static final String OPERATION = "operation";
  public static final String ACTIVATED = "activated";
  public static final String ROTATION = "rotation";
  public static final String MOVED = "moved-to";

  private static final String NONE = "0";
  private static final int MOST_TIMES = 100;

  /** Of numbers up to 99999, which bounds what a mangled text can make us build. */
  private static final Pattern RANGE = Pattern.compile("([1-9][0-9]{0,4})(?:t([1-9][0-9]{0,4}))?");

  private static final Pattern RANGES = Pattern.compile(RANGE + "(?:-" + RANGE + ")*");
  private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,4})t([1-9][0-9]{0,10})");

  public Decision {
    used = Set.copyOf(used);
    off = Set.copyOf(off);
    restored = Set.copyOf(restored);
    activatedAt = Collections.unmodifiableSortedMap(new TreeMap<>(activatedAt));
  }

  /** What holds of a key that was made here until somebody decides: its first version is active. */
  public static Decision first(String version, String operationId) {
    return undecided(Optional.of(version), operationId);
  }

  /** What holds of a key whose restoration nobody has finished: none of its versions counts. */
  public static Decision none(String operationId) {
    return undecided(Optional.empty(), operationId);
  }

  private static Decision undecided(Optional<String> active, String operationId) {
    Set<String> used = active.map(Set::of).orElse(Set.of());
    SortedMap<String, Instant> times = new TreeMap<>();
    Optional<RotationInterval> asMade = Optional.empty();
    return new Decision(
        1, active, used, Set.of(), Set.of(), operationId, times, asMade, Optional.empty());
  }

  /**
   * The next one, by which {@code version} is active and the one before is not any more.
   *
   * @param left what becomes of the one before: VERIFY_ONLY or DISABLED
   * @param at not earlier than when it is decided; kept to the second, rounded up
   */
  public Decision activating(String version, KeyState left, String byOperation, Instant at) {
    Set<String> switchedOff = new TreeSet<>(off);
    active.filter(old -> left == KeyState.DISABLED).ifPresent(switchedOff::add);
    TreeMap<String, Instant> times = new TreeMap<>(activatedAt);
    times.put(version, Instant.ofEpochSecond(at.getEpochSecond() + (at.getNano() == 0 ? 0 : 1)));
    while (times.size() > MOST_TIMES) {
      times.remove(Collections.min(times.entrySet(), Map.Entry.comparingByValue()).getKey());
    }
    Optional<KeyHandle> nowhere = Optional.empty();
    return naming(version, Optional.of(version), switchedOff, byOperation, times, nowhere);
  }

  /** The next one, by which {@code version} only verifies; another one that is active stays so. */
  public Decision retiring(String version, String byOperation) {
    Optional<String> other = active.filter(id -> !id.equals(version));
    return naming(version, other, off, byOperation, activatedAt, movedTo);
  }

  private Decision naming(
      String version,
      Optional<String> nowActive,
      Set<String> switchedOff,
      String byOperation,
      SortedMap<String, Instant> times,
      Optional<KeyHandle> moved) {
    Set<String> named = new TreeSet<>(used);
    named.add(version);
    Set<String> nowOff = new TreeSet<>(switchedOff);
    nowOff.remove(version);
    return new Decision(
        number + 1, nowActive, named, nowOff, restored, byOperation, times, rotation, moved);
  }

  /** The next one, by which nothing changes. */
  public Decision unchanged(String byOperation) {
    return next(byOperation, rotation, movedTo);
  }

  /** The next one, by which the key has that rotation interval and nothing else changes. */
  public Decision withRotation(RotationInterval interval, String byOperation) {
    return next(byOperation, Optional.of(interval), movedTo);
  }

  /** The next one, by which the key was migrated to that place and nothing else changes. */
  public Decision withMovedTo(KeyHandle to, String byOperation) {
    return next(byOperation, rotation, Optional.of(to));
  }

  private Decision next(
      String byOperation, Optional<RotationInterval> interval, Optional<KeyHandle> moved) {
    return new Decision(
        number + 1, active, used, off, restored, byOperation, activatedAt, interval, moved);
  }

  /** Whether that version is active by it, if it can be used. */
  boolean isActive(String version) {
    return active.filter(version::equals).isPresent();
  }

  /** What it says of a version. */
  Standing standing(String version) {
    return isActive(version)
        ? Standing.ACTIVE
        : off.contains(version)
            ? Standing.OFF
            : used.contains(version) ? Standing.RETIRED : Standing.UNNAMED;
  }

  /** Whether another one decides the same for the same operation, whenever it was attempted. */
  public boolean decidesAs(Decision other) {
    return number == other.number && operationId.equals(other.operationId) && leaves(other);
  }

  /** Whether all is as by another one, whoever decided and when. */
  boolean leaves(Decision other) {
    return active.equals(other.active)
        && used.equals(other.used)
        && off.equals(other.off)
        && restored.equals(other.restored)
        && rotation.equals(other.rotation)
        && movedTo.equals(other.movedTo);
  }

  /**
   * As tags of letters, digits, {@code -} and what operation ids, intervals and handles have; an
   * empty one says nothing and may be left out. The ids of versions are to be numbers from 1 to
   * 99999.
   *
   * @param prefix of their names
   */
  public Map<String, String> toTags(String prefix) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(prefix + NUMBER, Integer.toString(number));
    tags.put(prefix + ACTIVE, active.orElse(NONE));
    tags.put(prefix + USED, text(used));
    tags.put(prefix + OFF, text(off));
    tags.put(prefix + COUNTED, text(restored));
    tags.put(prefix + OPERATION, operationId);
    Stream<String> times =
        activatedAt.entrySet().stream().map(e -> e.getKey() + "t" + e.getValue().getEpochSecond());
    tags.put(prefix + ACTIVATED, times.collect(Collectors.joining("-")));
    tags.put(prefix + ROTATION, rotation.map(RotationInterval::toString).orElse(""));
    tags.put(prefix + MOVED, movedTo.map(KeyHandle::toString).orElse(""));
    return tags;
  }

  /** Reads {@link #toTags}; nothing if they are none, or were mangled where it matters. */
  public static Optional<Decision> parse(String prefix, Map<String, String> tags) {
    int number = StoredText.number(tags.get(prefix + NUMBER));
    String active = tags.getOrDefault(prefix + ACTIVE, "");
    boolean whole =
        number > 0
            && active.matches("0|[1-9][0-9]{0,4}")
            && Stream.of(USED, OFF, COUNTED)
                .map(tag -> tags.getOrDefault(prefix + tag, ""))
                .allMatch(text -> text.isEmpty() || RANGES.matcher(text).matches());
    return whole
        ? Optional.of(
            new Decision(
                number,
                Optional.of(active).filter(id -> !id.equals(NONE)),
                versions(tags.get(prefix + USED)),
                versions(tags.get(prefix + OFF)),
                versions(tags.get(prefix + COUNTED)),
                tags.getOrDefault(prefix + OPERATION, ""),
                times(tags.getOrDefault(prefix + ACTIVATED, "")),
                Optional.ofNullable(tags.get(prefix + ROTATION)).flatMap(StoredText::interval),
                Optional.ofNullable(tags.get(prefix + MOVED)).flatMap(StoredText::handle)))
        : Optional.empty();
  }

  private static SortedMap<String, Instant> times(String text) {
    SortedMap<String, Instant> times = new TreeMap<>();
    for (String part : text.split("-", -1)) {
      Matcher matcher = TIME.matcher(part);
      if (!matcher.matches()) {
        return new TreeMap<>();
      }
      times.put(matcher.group(1), Instant.ofEpochSecond(Long.parseLong(matcher.group(2))));
    }
    return times;
  }

  /** {@code 1t3-5} for 1, 2, 3 and 5. */
  private static String text(Set<String> versions) {
    TreeSet<Integer> numbers = new TreeSet<>();
    versions.forEach(version -> numbers.add(Integer.valueOf(version)));
    StringBuilder text = new StringBuilder();
    for (int from : numbers) {
      if (numbers.contains(from - 1)) {
        continue;
      }
      int to = from;
      while (numbers.contains(to + 1)) {
        to++;
      }
      text.append(text.isEmpty() ? "" : "-").append(from).append(from == to ? "" : "t" + to);
    }
    return text.toString();
  }

  private static Set<String> versions(@Nullable String text) {
    Set<String> versions = new TreeSet<>();
    Matcher range = RANGE.matcher(Objects.requireNonNullElse(text, ""));
    while (range.find()) {
      int from = Integer.parseInt(range.group(1));
      int to = range.group(2) == null ? from : Integer.parseInt(range.group(2));
      IntStream.rangeClosed(from, to).forEach(number -> versions.add(Integer.toString(number)));
    }
    return versions;
  }
}

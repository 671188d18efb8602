package dev.enclave.gcp.internal.model;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When versions last became active, to the second, with a text form that fits labels: {@code
 * 2t1795860000-3t1803636000} for the versions 2 and 3. Immutable.
 *
 * @param byVersion by number; of many versions the newest hundred
 */
public record ActivationTimes(SortedMap<Integer, Instant> byVersion) {

  /** None is known. */
  public static final ActivationTimes NONE = new ActivationTimes(new TreeMap<>());

  /** They take some 25 labels. */
  private static final int MOST = 100;

  private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,4})t([1-9][0-9]{0,10})");

  public ActivationTimes {
    byVersion = Collections.unmodifiableSortedMap(new TreeMap<>(byVersion));
  }

  /** Reads {@link #text()}; of a text that is none nothing is known. */
  static ActivationTimes parse(String text) {
    SortedMap<Integer, Instant> times = new TreeMap<>();
    for (String part : text.split("-", -1)) {
      Matcher matcher = TIME.matcher(part);
      if (!matcher.matches()) {
        return NONE;
      }
      times.put(
          Integer.valueOf(matcher.group(1)),
          Instant.ofEpochSecond(Long.parseLong(matcher.group(2))));
    }
    return new ActivationTimes(times);
  }

  /** The same with a version that became active then: not earlier than the second that is kept. */
  ActivationTimes with(int version, Instant at) {
    TreeMap<Integer, Instant> times = new TreeMap<>(byVersion);
    times.put(version, Instant.ofEpochSecond(at.getEpochSecond() + (at.getNano() == 0 ? 0 : 1)));
    while (times.size() > MOST) {
      times.pollFirstEntry();
    }
    return new ActivationTimes(times);
  }

  Optional<Instant> of(int version) {
    return Optional.ofNullable(byVersion.get(version));
  }

  boolean isEmpty() {
    return byVersion.isEmpty();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    byVersion.forEach(
        (version, at) ->
            text.append(text.isEmpty() ? "" : "-")
                .append(version)
                .append('t')
                .append(at.getEpochSecond()));
    return text.toString();
  }
}

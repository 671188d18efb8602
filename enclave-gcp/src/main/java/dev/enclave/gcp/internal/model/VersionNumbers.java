package dev.enclave.gcp.internal.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A set of version numbers, with a text form that fits a label: {@code 1t3-5} for 1, 2, 3 and 5.
 * Immutable.
 */
public final class VersionNumbers {

  /** No key has as many; a bound on what a mangled text can make us build. */
  static final int HIGHEST = 99_999;

  private static final Pattern RANGE = Pattern.compile("([1-9][0-9]{0,4})(?:t([1-9][0-9]{0,4}))?");

  private final SortedSet<Integer> numbers;

  private VersionNumbers(SortedSet<Integer> numbers) {
    this.numbers = numbers;
  }

  public static VersionNumbers of(int... numbers) {
    TreeSet<Integer> set = new TreeSet<>();
    for (int number : numbers) {
      set.add(number);
    }
    return new VersionNumbers(set);
  }

  /** All from 1 to {@code last}. */
  public static VersionNumbers upTo(int last) {
    return of(IntStream.rangeClosed(1, last).toArray());
  }

  /** Reads {@link #toString()}; nothing if it is none. */
  public static Optional<VersionNumbers> parse(String text) {
    TreeSet<Integer> set = new TreeSet<>();
    for (String part : text.isEmpty() ? new String[0] : text.split("-", -1)) {
      Matcher matcher = RANGE.matcher(part);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      int from = Integer.parseInt(matcher.group(1));
      int to = matcher.group(2) == null ? from : Integer.parseInt(matcher.group(2));
      for (int number = from; number <= to; number++) {
        set.add(number);
      }
    }
    return Optional.of(new VersionNumbers(set));
  }

  public VersionNumbers with(int number) {
    TreeSet<Integer> set = new TreeSet<>(numbers);
    set.add(number);
    return new VersionNumbers(set);
  }

  public VersionNumbers without(int number) {
    TreeSet<Integer> set = new TreeSet<>(numbers);
    set.remove(number);
    return new VersionNumbers(set);
  }

  /** The highest ones, so many of them. */
  VersionNumbers newest(int most) {
    TreeSet<Integer> set = new TreeSet<>(numbers);
    while (set.size() > most) {
      set.pollFirst();
    }
    return new VersionNumbers(set);
  }

  public boolean isEmpty() {
    return numbers.isEmpty();
  }

  public boolean contains(int number) {
    return numbers.contains(number);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VersionNumbers that && that.numbers.equals(numbers);
  }

  @Override
  public int hashCode() {
    return numbers.hashCode();
  }

  @Override
  public String toString() {
    List<String> ranges = new ArrayList<>();
    for (int from : numbers) {
      if (numbers.contains(from - 1)) {
        continue;
      }
      int to = from;
      while (numbers.contains(to + 1)) {
        to++;
      }
      ranges.add(from == to ? Integer.toString(from) : from + "t" + to);
    }
    return String.join("-", ranges);
  }
}

package dev.enclave.auditlog.file;

import java.util.Collection;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One file of a lane: {@code lane-N.jsonl} from the first record on, {@code lane-N.F.jsonl} from
 * record F on.
 *
 * @param lane from 0
 * @param first the sequence number of its first record, from 1
 */
public record Segment(int lane, long first) implements Comparable<Segment> {

  private static final Pattern NAME =
      Pattern.compile("lane-(0|[1-9][0-9]?)(?:\\.([1-9][0-9]{0,17}))?\\.jsonl");

  public static Optional<Segment> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int lane = Integer.parseInt(matcher.group(1));
    long first = matcher.group(2) == null ? 1 : Long.parseLong(matcher.group(2));
    boolean ours = lane < LogFiles.MOST_LANES && (first > 1 || matcher.group(2) == null);
    return ours ? Optional.of(new Segment(lane, first)) : Optional.empty();
  }

  /** The segments of a lane among the names of a directory, the oldest first. */
  public static NavigableSet<Segment> of(int lane, Collection<String> names) {
    return all(names).filter(s -> s.lane() == lane).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Those of all lanes, lane by lane, the oldest of each first. */
  public static Stream<Segment> all(Collection<String> names) {
    return names.stream().flatMap(name -> parse(name).stream()).sorted();
  }

  public String name() {
    return first == 1 ? "lane-" + lane + ".jsonl" : "lane-" + lane + "." + first + ".jsonl";
  }

  /** The file that tells what was before the first record. */
  public String stateName() {
    return "lane-" + lane + "." + first + ".state";
  }

  @Override
  public int compareTo(Segment other) {
    return lane == other.lane
        ? Long.compare(first, other.first)
        : Integer.compare(lane, other.lane);
  }
}

package dev.enclave.auditlog.checkpoint;

import dev.enclave.Bytes;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LaneState;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.texts.Texts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one checkpoint commits to: a leaf of the tree of heads. As text, a line for the time, one
 * for the countersigner if the log has named one, one for each lane, one for each lane that has
 * lost its oldest records to retention, and one for the retention if there is one.
 *
 * @param at when
 * @param countersigner the backend's key that signs this checkpoint too; once named it stays
 * @param lanes by number
 * @param removed by lane, up to which record there may be none any more
 * @param retention as last stated; none if everything has been kept
 */
public record LogHead(
    Instant at,
    Optional<Countersigner> countersigner,
    SortedMap<Integer, LaneHead> lanes,
    SortedMap<Integer, Long> removed,
    Optional<StatedRetention> retention) {

  public LogHead {
    lanes = Collections.unmodifiableSortedMap(new TreeMap<>(lanes));
    removed = Collections.unmodifiableSortedMap(new TreeMap<>(removed));
  }

  public LaneHead lane(int number) {
    return lanes.getOrDefault(number, LaneHead.NONE);
  }

  public long removed(int lane) {
    return removed.getOrDefault(lane, 0L);
  }

  LogHead with(Instant when, int lane, LaneHead head, long removedTo) {
    SortedMap<Integer, LaneHead> newLanes = new TreeMap<>(lanes);
    newLanes.put(lane, head);
    SortedMap<Integer, Long> newRemoved = new TreeMap<>(removed);
    if (removedTo > removed(lane)) {
      newRemoved.put(lane, removedTo);
    }
    return new LogHead(when, countersigner, newLanes, newRemoved, retention);
  }

  /** With a countersigner; none if one is named already. */
  Optional<LogHead> with(Instant when, Countersigner named) {
    return countersigner.isPresent()
        ? Optional.empty()
        : Optional.of(new LogHead(when, Optional.of(named), lanes, removed, retention));
  }

  /** With another retention; none if this is the one that was stated last. */
  Optional<LogHead> with(Instant when, Duration age) {
    return retention.filter(stated -> stated.age().equals(age)).isPresent()
        ? Optional.empty()
        : Optional.of(
            new LogHead(
                when, countersigner, lanes, removed, Optional.of(StatedRetention.at(when, age))));
  }

  String text() {
    StringBuilder text = new StringBuilder("at ").append(at).append('\n');
    countersigner.ifPresent(named -> text.append(named.line()).append('\n'));
    lanes.forEach(
        (number, head) ->
            text.append("lane ")
                .append(number)
                .append(' ')
                .append(head.size())
                .append(' ')
                .append(LaneState.base64(head.root()))
                .append('\n'));
    removed.forEach(
        (number, to) -> text.append("removed ").append(number).append(' ').append(to).append('\n'));
    retention.ifPresent(stated -> text.append(stated.line()).append('\n'));
    return text.toString();
  }

  public byte[] leaf() {
    return text().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads the text.
   *
   * @param before the countersigner of the checkpoint before it, if that is known
   * @throws CorruptLogException when it is another thing, or not in its one form
   */
  static LogHead parse(String text, Optional<Countersigner> before) throws CorruptLogException {
    SortedMap<Integer, LaneHead> lanes = new TreeMap<>();
    SortedMap<Integer, Long> removed = new TreeMap<>();
    Optional<Countersigner> countersigner = Optional.empty();
    Optional<StatedRetention> retention = Optional.empty();
    try {
      List<String> lines = text.lines().toList();
      for (String line : lines.subList(1, lines.size())) {
        Optional<Countersigner> named = Countersigner.parse(line, before);
        if (named.isPresent()) {
          countersigner = named;
          continue;
        }
        String[] words = line.split(" ", -1);
        if (words[0].equals(StatedRetention.WORD)) {
          retention = Optional.of(StatedRetention.parse(words));
          continue;
        }
        int lane = Integer.parseInt(words[1]);
        long count = Long.parseLong(words[2]);
        if (words[0].equals("lane")) {
          lanes.put(lane, new LaneHead(count, Bytes.of(Base64.getDecoder().decode(words[3]))));
        } else {
          removed.put(lane, count);
        }
      }
      LogHead head =
          new LogHead(
              Instant.parse(lines.get(0).substring(3)), countersigner, lanes, removed, retention);
      if (head.text().equals(text) && head.plausible()) {
        return head;
      }
    } catch (IllegalArgumentException | DateTimeParseException | IndexOutOfBoundsException e) {
      // Told below: a text that somebody wrote can be wrong in many ways.
    }
    throw new CorruptLogException(Texts.LANES_NOT_SAID.with());
  }

  private boolean plausible() {
    return lanes.entrySet().stream()
            .allMatch(
                lane ->
                    lane.getKey() >= 0
                        && lane.getKey() < LogFiles.MOST_LANES
                        && lane.getValue().size() > 0
                        && lane.getValue().root().size() == Sha256.LENGTH)
        && retention.stream()
            .allMatch(stated -> stated.age().compareTo(KeptCheckpoints.YOUNGEST_REMOVAL) >= 0)
        && removed.entrySet().stream()
            .allMatch(lane -> lane.getValue() > 0 && lane.getValue() < lane(lane.getKey()).size());
  }
}

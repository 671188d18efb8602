package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.texts.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Checkpoints that were kept outside of the log, and which removals of records they let a verifier
 * believe. A kept checkpoint proves one thing of age: what it covers is at least as old as itself.
 * Whatever the log says of time beside that, whoever has its key can have written.
 *
 * @param all whose signatures have been checked, from the first to the last of the log
 * @param retention the age at which the verifier expects removals; none if not stated
 * @param removedTo by lane, up to which record the verifier expects removals
 * @param now by the verifier's clock
 */
public record KeptCheckpoints(
    List<Checkpoint> all,
    Optional<Duration> retention,
    SortedMap<Integer, Long> removedTo,
    Instant now) {

  /** No removal of younger records is believed, whatever the verifier expects. */
  static final Duration YOUNGEST_REMOVAL = Duration.ofDays(1);

  /** For those who kept none, to whom every removal is only told. */
  public static final KeptCheckpoints NONE = of(List.of(), Instant.EPOCH);

  public KeptCheckpoints {
    all = all.stream().sorted(Comparator.comparingLong(Checkpoint::size)).toList();
  }

  /** With no removal expected. */
  public static KeptCheckpoints of(List<Checkpoint> all, Instant now) {
    return new KeptCheckpoints(all, Optional.empty(), new TreeMap<>(), now);
  }

  /** The last of them in the log. */
  public Optional<Checkpoint> newest() {
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /**
   * Checks that each can be of one log with the next, as far as checkpoints alone tell.
   *
   * @throws CorruptLogException when not
   */
  public void requireConsistent() throws CorruptLogException {
    for (int i = 1; i < all.size(); i++) {
      Checkpoint older = all.get(i - 1);
      Checkpoint newer = all.get(i);
      boolean sameSize = older.size() == newer.size();
      if (sameSize && !older.note().text().equals(newer.note().text())) {
        throw new CorruptLogException(Texts.KEPT_DIFFER.with(newer.size()));
      }
      try {
        CheckpointChain.requireGrowth(older.head(), newer.head());
      } catch (CorruptLogException e) {
        throw new CorruptLogException(
            Texts.KEPT_DO_NOT_GO_ON.with(
                newer.size(), older.size(), String.valueOf(e.getMessage())));
      }
    }
  }

  /** Says which removal, of those that the log's newest checkpoint states, is not believed. */
  public Optional<String> unbelieved(LogHead newest) {
    if (all.isEmpty()) {
      return Optional.empty();
    }
    for (Map.Entry<Integer, Long> removed : newest.removed().entrySet()) {
      Optional<String> problem = unbelieved(removed.getKey(), removed.getValue());
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  /** Judges every record by the oldest checkpoint that covers it. */
  private Optional<String> unbelieved(int lane, long removed) {
    long judged = 0;
    Instant kept = Instant.MIN;
    for (Checkpoint checkpoint : all) {
      LogHead head = checkpoint.head();
      // One that claims to be older than the one before it proves no more than that.
      kept = kept.isAfter(head.at()) ? kept : head.at();
      long covered = Math.min(removed, head.lane(lane).size());
      long first = Math.max(Math.max(judged, head.removed(lane)), expectedTo(lane, kept)) + 1;
      if (first <= covered && !expectedAt(kept)) {
        return Optional.of(tooYoung(lane, first, covered, kept));
      }
      judged = Math.max(judged, covered);
    }
    return judged < removed
        ? Optional.of(Texts.NO_KEPT_COVERS.with(gone(lane, judged + 1, removed)))
        : Optional.empty();
  }

  private boolean expectedAt(Instant kept) {
    return retention.filter(age -> isOlder(kept, age)).isPresent()
        && isOlder(kept, YOUNGEST_REMOVAL);
  }

  private long expectedTo(int lane, Instant kept) {
    return isOlder(kept, YOUNGEST_REMOVAL) ? removedTo.getOrDefault(lane, 0L) : 0;
  }

  private boolean isOlder(Instant kept, Duration age) {
    return Duration.between(kept, now).compareTo(age) >= 0;
  }

  private static String gone(int lane, long first, long last) {
    return Texts.RECORDS_REMOVED.with(lane, first, last);
  }

  private String tooYoung(int lane, long first, long last, Instant kept) {
    String observed = Texts.KEPT_COVERS.with(gone(lane, first, last), kept);
    if (!isOlder(kept, YOUNGEST_REMOVAL)) {
      return Texts.LESS_THAN_A_DAY.with(observed, now);
    }
    return Texts.REMOVED_TO.with(
        observed,
        retention
            .map(age -> Texts.YOUNGER_THAN_STATED.with(now, StatedRetention.text(age)))
            .orElse(Texts.STATE_RETENTION.with()),
        lane,
        last);
  }
}

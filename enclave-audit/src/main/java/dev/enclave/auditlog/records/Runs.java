package dev.enclave.auditlog.records;

import dev.enclave.auditlog.texts.Texts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Starts in one lane after which no end is recorded. Used by one thread.
 *
 * <p>A lane is written by one process at a time: who starts in it while another's end is missing
 * finds that one gone.
 */
public final class Runs {

  private final List<String> findings = new ArrayList<>();
  private final int lane;
  private long open;
  private long unconfirmed;

  public Runs(int lane) {
    this.lane = lane;
  }

  /**
   * Takes the record of this number.
   *
   * @param covered whether a checkpoint covers it
   */
  public void follow(SortedMap<String, String> record, long number, boolean covered) {
    if (!"SUCCESS".equals(record.get("result"))) {
      return;
    }
    if ("START".equals(record.get("operation"))) {
      if (open > 0) {
        findings.add(Texts.KILLED_BEFORE.with(begun(), number));
      }
      open = number;
      unconfirmed = 0;
    } else if ("STOP".equals(record.get("operation"))) {
      open = 0;
      unconfirmed = covered ? 0 : number;
    }
  }

  /** What is to be looked into, at the lane's end. */
  public List<String> findings() {
    List<String> all = new ArrayList<>(findings);
    if (open > 0) {
      all.add(Texts.NO_STOP.with(begun()));
    }
    if (unconfirmed > 0) {
      all.add(Texts.END_NOT_CONFIRMED.with(lane, unconfirmed));
    }
    return all;
  }

  private String begun() {
    return Texts.WHAT_BEGAN.with(lane, open);
  }

  /** Operations whose intent has been read and whose outcome has not. Used by one thread. */
  public static final class OpenIntents {

    // Counted: a stream may hold the same operation in the chains of two sinks.
    private final Map<String, Integer> open = new LinkedHashMap<>();

    public void follow(SortedMap<String, String> record) {
      String id = record.get("operationId");
      if (id == null) {
        return;
      }
      if ("INTENT".equals(record.get("phase"))) {
        open.merge(id, 1, Integer::sum);
      } else if ("OUTCOME".equals(record.get("phase"))) {
        open.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1);
      }
    }

    /** Their ids, in the order of the intents. */
    public List<String> ids() {
      return new ArrayList<>(open.keySet());
    }
  }
}

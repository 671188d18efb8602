package dev.enclave.kit.key;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is remarkable about the keys read so far, for health reports: one finding for each thing it
 * is about, the latest. Thread-safe.
 */
public final class KeyFindings {

  /** Remembered of one kind, so that each is new once; for one too many the eldest is dropped. */
  private static final int MOST = 100;

  /** Told of one kind, the latest: a report is read by people. */
  private static final int TOLD = 20;

  private final Map<String, Map<String, Finding>> byKind = new LinkedHashMap<>();

  /**
   * Notes a warning, in the place of an earlier one of the same kind about the same. Many of one
   * kind hide none of another.
   *
   * @param kind one of a few that the code has
   * @return whether there was none about it
   */
  public synchronized boolean warn(
      String kind, String about, ErrorCode code, String observed, String fix) {
    return byKind
            .computeIfAbsent(kind, first -> BoundedMap.of(MOST))
            .put(about, Finding.of(Severity.WARNING, code, observed, fix))
        == null;
  }

  /** There is nothing remarkable of that kind about it any more. */
  public synchronized void forget(String kind, String about) {
    byKind.getOrDefault(kind, new HashMap<>()).remove(about);
  }

  /** By kind, the latest twenty of each, the eldest first. */
  public synchronized List<Finding> all() {
    List<Finding> all = new ArrayList<>();
    for (Map<String, Finding> kind : byKind.values()) {
      kind.values().stream().skip(Math.max(0, kind.size() - TOLD)).forEach(all::add);
    }
    return all;
  }
}

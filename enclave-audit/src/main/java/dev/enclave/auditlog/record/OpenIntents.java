package dev.enclave.auditlog.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Operations whose intent has been read and whose outcome has not. Used by one thread. */
public final class OpenIntents {

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

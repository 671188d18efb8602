package dev.enclave.kit.key;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a process keeps of operations under way, so that their next attempts go on with it. It is
 * help and no truth: what is forgotten, with the process or because there is too much of it, is
 * found as an orphan.
 */
public final class BoundedMap {

  private BoundedMap() {}

  /** An empty map that forgets its eldest entry for one too many. Thread-safe but for iteration. */
  public static <K, V> Map<K, V> of(int most) {
    return Collections.synchronizedMap(
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return super.size() > most;
          }
        });
  }
}

package dev.enclave.kit.key;

import dev.enclave.KeyHandle;
import dev.enclave.error.EnclaveException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a key was migrated to, as tags that take 256 letters, digits and {@code -_.:/=} each. The
 * text of a handle, with {@code =} in place of {@code %} and without {@code *}, ended by {@code /},
 * over as many tags as it needs: {@code name}, {@code name-2}, {@code name-3}.
 */
public final class MovedTags {

  private static final int LONGEST = 256;
  private static final int PARTS = 3;
  private static final String END = "/";

  private MovedTags() {}

  /** The names of all tags that may hold a part. */
  public static List<String> names(String name) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < PARTS; i++) {
      names.add(i == 0 ? name : name + "-" + (i + 1));
    }
    return List.copyOf(names);
  }

  /** The tags of a handle; nothing when it is too long for them. */
  public static Optional<Map<String, String>> of(String name, KeyHandle to) {
    String text = to.toString().replace("*", "%2A").replace('%', '=') + END;
    if (text.length() > PARTS * LONGEST) {
      return Optional.empty();
    }
    Map<String, String> tags = new TreeMap<>();
    for (int i = 0; i * LONGEST < text.length(); i++) {
      String part = text.substring(i * LONGEST, Math.min((i + 1) * LONGEST, text.length()));
      tags.put(names(name).get(i), part);
    }
    return Optional.of(tags);
  }

  /** Reads what {@link #of} wrote; nothing if it is not there or was mangled. */
  public static Optional<KeyHandle> read(String name, Map<String, String> tags) {
    StringBuilder text = new StringBuilder();
    for (String part : names(name)) {
      text.append(tags.getOrDefault(part, ""));
    }
    int end = text.indexOf(END);
    return end < 0
        ? Optional.empty()
        : handle(text.substring(0, end).replace('=', '%').replace("%2A", "*"));
  }

  /** A handle in its text form. */
  public static Optional<KeyHandle> handle(String text) {
    try {
      return Optional.of(KeyHandle.parse(text));
    } catch (EnclaveException e) {
      return Optional.empty();
    }
  }
}

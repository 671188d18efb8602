package dev.enclave.emulators.internal.aws.kms.request;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One page of a list. KMS API Reference, ListKeys, ListAliases, ListResourceTags: Limit, Marker,
 * NextMarker, Truncated: "it might return fewer".
 */
public final class Page {

  // The reference allows 1,000 for any list, and less in the text of some.
  private static final int LONGEST_MARKER = 1024;
  private static final String MARKER = "m1:";

  private final int size;
  private final String after;
  private final List<Object> items = new ArrayList<>();
  private String last = "";
  private boolean truncated;

  private Page(int size, String after) {
    this.size = size;
    this.after = after;
  }

  /** Reads Limit and Marker, and checks all members read so far. */
  public static Page read(Input input, int most, int standard, int cap) {
    int limit = input.integer("Limit", 1, most).orElse(standard);
    Optional<String> marker = input.text("Marker", 1, LONGEST_MARKER);
    input.check();
    return new Page(Math.min(limit, cap), marker.map(Page::decode).orElse(""));
  }

  private static String decode(String marker) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(marker), StandardCharsets.UTF_8);
      if (text.startsWith(MARKER)) {
        return text.substring(MARKER.length());
      }
    } catch (IllegalArgumentException e) {
      // Not one of ours, like any other text.
    }
    throw AwsFailure.of("InvalidMarkerException", "Could not deserialize marker.");
  }

  /** The name after which this page begins. */
  public String after() {
    return after;
  }

  /**
   * Adds an item.
   *
   * @return false if the page is full, and so ends before this one
   */
  public boolean add(String name, Object item) {
    if (items.size() == size) {
      truncated = true;
      return false;
    }
    items.add(item);
    last = name;
    return true;
  }

  public Map<String, Object> answer(String listName) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(listName, items);
    answer.put("Truncated", truncated);
    if (truncated) {
      answer.put(
          "NextMarker",
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString((MARKER + last).getBytes(StandardCharsets.UTF_8)));
    }
    return answer;
  }
}

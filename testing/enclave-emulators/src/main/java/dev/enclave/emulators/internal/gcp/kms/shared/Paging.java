package dev.enclave.emulators.internal.gcp.kms.shared;

import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Function;

/**
 * A page of a list (AIP-158). service.proto: "If unspecified, the server will pick an appropriate
 * default"; tokens are opaque.
 */
public final class Paging {

  private static final int DEFAULT_SIZE = 100;
  private static final int LARGEST_SIZE = 1000;
  private static final String MARKER = "p1:";

  /**
   * A page.
   *
   * @param nextToken empty on the last page
   */
  public record Page<V>(List<V> items, String nextToken) {}

  private final int size;
  private final String after;

  private Paging(int size, String after) {
    this.size = size;
    this.after = after;
  }

  /**
   * Reads what was asked for.
   *
   * @param most the most items of a page, under the API's own limit
   */
  public static Paging read(int pageSize, String token, int most) {
    if (pageSize < 0) {
      throw GcpFailure.invalid("The page_size field must not be negative.");
    }
    int asked = pageSize == 0 ? DEFAULT_SIZE : pageSize;
    return new Paging(Math.min(Math.min(asked, LARGEST_SIZE), most), decoded(token));
  }

  private static String decoded(String token) {
    if (token.isEmpty()) {
      return "";
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      if (text.startsWith(MARKER)) {
        return text.substring(MARKER.length());
      }
    } catch (IllegalArgumentException e) {
      // Not one of ours, like any other text.
    }
    throw GcpFailure.invalid("The page_token field is invalid.");
  }

  /** The page of {@code all}, whose keys {@code parse} reads from tokens. */
  public <K, V> Page<V> of(NavigableMap<K, V> all, Function<String, K> parse) {
    List<V> items = new ArrayList<>();
    K last = null;
    for (Map.Entry<K, V> entry : rest(all, parse).entrySet()) {
      if (items.size() == size) {
        return new Page<>(items, encoded(String.valueOf(last)));
      }
      items.add(entry.getValue());
      last = entry.getKey();
    }
    return new Page<>(items, "");
  }

  private <K, V> NavigableMap<K, V> rest(NavigableMap<K, V> all, Function<String, K> parse) {
    try {
      return after.isEmpty() ? all : all.tailMap(parse.apply(after), false);
    } catch (NumberFormatException e) {
      throw GcpFailure.invalid("The page_token field is invalid.");
    }
  }

  private static String encoded(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((MARKER + key).getBytes(StandardCharsets.UTF_8));
  }
}

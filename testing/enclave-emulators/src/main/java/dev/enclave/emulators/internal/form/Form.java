package dev.enclave.emulators.internal.form;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** {@code application/x-www-form-urlencoded}. */
public final class Form {

  private Form() {}

  /** The pairs in {@code body}; of a repeated name the last one. */
  public static Map<String, String> parse(byte[] body) {
    return parse(new String(body, StandardCharsets.UTF_8));
  }

  /** The pairs in {@code text}, such as a query; of a repeated name the last one. */
  public static Map<String, String> parse(String text) {
    Map<String, String> form = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}

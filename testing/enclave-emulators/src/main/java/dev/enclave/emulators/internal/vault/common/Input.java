package dev.enclave.emulators.internal.vault.common;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The fields of a call, converted as {@code sdk/framework/field_data.go} does. */
public record Input(Map<String, @Nullable Object> fields) {

  /** Of a call. */
  public static Input of(VaultCall call) {
    return new Input(call.input());
  }

  /** Whether the field was given, and not as null. */
  public boolean has(String name) {
    return fields.get(name) != null;
  }

  /** Text; numbers and flags are taken as text. */
  public Optional<String> text(String name) {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Map || value instanceof List) {
      throw wrong(name, "string");
    }
    return Optional.of(value.toString());
  }

  /** Text, or an empty one. */
  public String textOrEmpty(String name) {
    return text(name).orElse("");
  }

  /** A whole number, also written as text. */
  public Optional<Integer> integer(String name) {
    Object value = fields.get(name);
    if (value == null || "".equals(value)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BigDecimal(value.toString().strip()).intValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      throw wrong(name, "int");
    }
  }

  /** A flag, also written as text or number. */
  public Optional<Boolean> flag(String name) {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    return switch (value.toString()) {
      case "true", "TRUE", "True", "t", "T", "1" -> Optional.of(true);
      case "", "false", "FALSE", "False", "f", "F", "0" -> Optional.of(false);
      default -> throw wrong(name, "bool");
    };
  }

  /**
   * A duration in seconds, as a number or as text such as {@code 90}, {@code 30m} or {@code 1h}.
   */
  public Optional<Long> seconds(String name) {
    return text(name).filter(text -> !text.isEmpty()).map(text -> seconds(name, text));
  }

  private static long seconds(String name, String text) {
    long total = 0;
    String rest = text.strip();
    if (rest.matches("-?\\d+")) {
      return Long.parseLong(rest);
    }
    if (!rest.matches("(\\d+[dhms])+")) {
      throw wrong(name, "duration");
    }
    StringBuilder digits = new StringBuilder();
    for (int at = 0; at < rest.length(); at++) {
      char each = rest.charAt(at);
      if (Character.isDigit(each)) {
        digits.append(each);
      } else {
        total += Long.parseLong(digits.toString()) * unit(each);
        digits.setLength(0);
      }
    }
    return total;
  }

  private static long unit(char letter) {
    return switch (letter) {
      case 'd' -> 86_400;
      case 'h' -> 3_600;
      case 'm' -> 60;
      default -> 1;
    };
  }

  /** A JSON object. */
  public Optional<Map<String, @Nullable Object>> object(String name) {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    return Optional.of(asObject(value).orElseThrow(() -> wrong(name, "map")));
  }

  /** A list. */
  public Optional<List<@Nullable Object>> list(String name) {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof List<?> list)) {
      throw wrong(name, "slice");
    }
    return Optional.of(new ArrayList<>(list));
  }

  /** A value as a JSON object. */
  public static Optional<Map<String, @Nullable Object>> asObject(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    map.forEach((key, member) -> object.put((String) key, member));
    return Optional.of(object);
  }

  private static VaultFailure wrong(String name, String type) {
    return VaultFailure.invalid(
        "Field validation failed: error converting input for field \""
            + name
            + "\": expected type "
            + type);
  }

  /** Names alone; the values may be secret. */
  @Override
  public String toString() {
    return "Input" + fields.keySet();
  }
}

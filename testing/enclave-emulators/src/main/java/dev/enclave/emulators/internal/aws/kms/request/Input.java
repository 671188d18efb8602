package dev.enclave.emulators.internal.aws.kms.request;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The members of one request. A member of the wrong JSON type fails at once
 * (SerializationException); broken constraints are collected and fail together in {@link #check}
 * (KMS API Reference, "Common Errors": ValidationError).
 */
public final class Input {

  private final Map<String, @Nullable Object> members;
  private final List<String> violations = new ArrayList<>();

  public Input(Map<String, @Nullable Object> members) {
    this.members = members;
  }

  /** Fails if any member read so far broke a constraint. */
  public void check() {
    if (!violations.isEmpty()) {
      throw AwsFailure.of(
          "ValidationException",
          violations.size()
              + (violations.size() == 1 ? " validation error" : " validation errors")
              + " detected: "
              + String.join("; ", violations));
    }
  }

  /** A text that must be there; an empty one if it is not, which {@link #check} reports. */
  public String requiredText(String name, int min, int max) {
    if (members.get(name) == null) {
      missing(name);
      return "";
    }
    return text(name, min, max).orElse("");
  }

  public Optional<String> text(String name, int min, int max) {
    Object value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof String text)) {
      throw wrongType(name, "a String");
    }
    checkLength(name, text.length(), min, max, Optional.of(text));
    return Optional.of(text);
  }

  /** A text of one shape. */
  public Optional<String> text(String name, int min, int max, Pattern pattern) {
    Optional<String> text = text(name, min, max);
    text.filter(value -> !pattern.matcher(value).matches())
        .ifPresent(
            value ->
                violate(
                    name,
                    Optional.of(value),
                    "Member must satisfy regular expression pattern: " + pattern.pattern()));
    return text;
  }

  public Optional<String> choice(String name, Collection<String> choices) {
    Optional<String> text = text(name, 0, Integer.MAX_VALUE);
    text.filter(value -> !choices.contains(value))
        .ifPresent(
            value ->
                violate(
                    name,
                    Optional.of(value),
                    "Member must satisfy enum value set: " + new TreeSet<>(choices)));
    return text;
  }

  public String requiredChoice(String name, Collection<String> choices) {
    if (members.get(name) == null) {
      missing(name);
      return "";
    }
    return choice(name, choices).orElse("");
  }

  public OptionalInt integer(String name, int min, int max) {
    Object value = members.get(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (!(value instanceof BigDecimal number)) {
      throw wrongType(name, "an Integer");
    }
    int integer = number.intValue();
    if (integer < min) {
      violate(
          name,
          Optional.of(number.toPlainString()),
          "Member must have value greater than or equal to " + min);
    } else if (integer > max) {
      violate(
          name,
          Optional.of(number.toPlainString()),
          "Member must have value less than or equal to " + max);
    }
    return OptionalInt.of(integer);
  }

  /** A time stamp: seconds since 1970, with a fraction. */
  public Optional<BigDecimal> number(String name) {
    Object value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof BigDecimal number)) {
      throw wrongType(name, "a Timestamp");
    }
    return Optional.of(number);
  }

  public boolean flag(String name) {
    Object value = members.get(name);
    if (value == null) {
      return false;
    }
    if (!(value instanceof Boolean flag)) {
      throw wrongType(name, "a Boolean");
    }
    return flag;
  }

  public boolean has(String name) {
    return members.get(name) != null;
  }

  public byte[] requiredBytes(String name, int min, int max) {
    Object value = members.get(name);
    if (value == null) {
      missing(name);
      return new byte[0];
    }
    if (!(value instanceof String text)) {
      throw wrongType(name, "a Blob");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw AwsFailure.of("SerializationException", "Member " + name + " is not valid Base64.");
    }
    checkLength(name, bytes.length, min, max, Optional.empty());
    return bytes;
  }

  /** The structures in a list; none if there is no list. */
  List<Input> structures(String name) {
    List<Input> structures = new ArrayList<>();
    for (Object item : list(name)) {
      structures.add(new Input(map(name, item)));
    }
    return structures;
  }

  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (Object item : list(name)) {
      if (!(item instanceof String text)) {
        throw wrongType(name, "a list of Strings");
      }
      texts.add(text);
    }
    return texts;
  }

  /** Pairs of texts; empty if there are none. */
  public Map<String, String> textMap(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    Object value = members.get(name);
    if (value != null) {
      map(name, value)
          .forEach(
              (key, text) -> {
                if (!(text instanceof String string)) {
                  throw wrongType(name, "a map of Strings");
                }
                texts.put(key, string);
              });
    }
    return texts;
  }

  /** Adds what a structure inside this one broke. */
  void include(Input inner) {
    violations.addAll(inner.violations);
  }

  public void missing(String name) {
    violations.add(
        "Value null at '"
            + memberName(name)
            + "' failed to satisfy constraint: Member must not be null");
  }

  @SuppressWarnings("unchecked") // Json makes maps with String keys alone.
  private static Map<String, @Nullable Object> map(String name, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrongType(name, "a structure");
    }
    return (Map<String, @Nullable Object>) map;
  }

  private List<?> list(String name) {
    Object value = members.get(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw wrongType(name, "a list");
    }
    return list;
  }

  private void checkLength(String name, int length, int min, int max, Optional<String> value) {
    if (length < min) {
      violate(name, value, "Member must have length greater than or equal to " + min);
    } else if (length > max) {
      violate(name, value, "Member must have length less than or equal to " + max);
    }
  }

  private void violate(String name, Optional<String> value, String constraint) {
    violations.add(
        "Value"
            + value.map(text -> " '" + text + "'").orElse("")
            + " at '"
            + memberName(name)
            + "' failed to satisfy constraint: "
            + constraint);
  }

  private static String memberName(String name) {
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  private static AwsFailure wrongType(String name, String wanted) {
    return AwsFailure.of(
        "SerializationException", "Member " + name + " can not be converted to " + wanted);
  }
}

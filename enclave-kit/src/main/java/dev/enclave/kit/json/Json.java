package dev.enclave.kit.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads JSON objects (RFC 8259); a name that stands twice in an object is an error. */
public final class Json {

  /** Deeper than any object that is read here. */
  private static final int DEEPEST = 32;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxStringLength(4 << 20)
                  .build())
          .build();

  private Json() {}

  /**
   * The object; nothing if the octets are anything else. Its values are maps, lists, {@code
   * String}, {@code Long}, {@code Boolean}; null and numbers of another kind are left out.
   */
  public static Optional<Map<String, Object>> object(byte[] octets) {
    try (JsonParser parser = FACTORY.createParser(octets)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      Map<String, Object> object = members(parser);
      return parser.nextToken() == null ? Optional.of(object) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Map<String, Object> members(JsonParser parser) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      value(parser).ifPresent(value -> members.put(name, value));
    }
    return members;
  }

  private static Optional<Object> value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> Optional.of(members(parser));
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          value(parser).ifPresent(elements::add);
        }
        yield Optional.of(elements);
      }
      case VALUE_STRING -> Optional.of(parser.getText());
      case VALUE_NUMBER_INT -> Optional.of(parser.getLongValue());
      case VALUE_TRUE, VALUE_FALSE -> Optional.of(parser.getBooleanValue());
      default -> Optional.empty();
    };
  }

  /** The text at a path of names; empty if there is none. */
  public static String text(Object object, String... path) {
    return at(object, path) instanceof String text ? text : "";
  }

  /** The object at a path of names; an empty one if there is none. */
  @SuppressWarnings("unchecked") // all names are texts: JSON has no others, and YAML's are checked
  public static Map<String, Object> map(Object object, String... path) {
    return at(object, path) instanceof Map<?, ?> map
            && map.keySet().stream().allMatch(String.class::isInstance)
        ? (Map<String, Object>) map
        : Map.of();
  }

  /** The list at a path of names; an empty one if there is none. */
  public static List<?> list(Object object, String... path) {
    return at(object, path) instanceof List<?> list ? list : List.of();
  }

  /** The texts among the members of the object at a path of names. */
  public static Map<String, String> texts(Object object, String... path) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(object, path)
        .forEach(
            (name, value) -> {
              if (value instanceof String text) {
                texts.put(name, text);
              }
            });
    return texts;
  }

  private static Object at(Object object, String... path) {
    Object here = object;
    for (String name : path) {
      Object next = here instanceof Map<?, ?> map ? map.get(name) : null;
      if (next == null) {
        return false;
      }
      here = next;
    }
    return here;
  }
}

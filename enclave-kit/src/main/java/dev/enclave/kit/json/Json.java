package dev.enclave.kit.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Objects of JSON (RFC 8259): maps, lists, {@code String}, {@code Long} and {@code Boolean}. A name
 * that stands twice in an object is an error.
 */
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

  /** As {@link #read}; nothing if the octets are anything but an object. */
  public static Optional<Map<String, Object>> object(byte[] octets) {
    try {
      return Optional.of(read(octets));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * One object in UTF-8 and nothing after it, with its members in their order. Null and numbers
   * with a fraction are left out.
   */
  public static Map<String, Object> read(byte[] octets) throws IOException {
    try (JsonParser parser = FACTORY.createParser(octets)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no JSON object");
      }
      Map<String, Object> object = members(parser);
      if (parser.nextToken() != null) {
        throw new IOException("something follows the JSON object");
      }
      return object;
    }
  }

  /**
   * The member of that name.
   *
   * @throws IOException where it is missing or of another type
   */
  public static <T> T member(Map<String, Object> object, String name, Class<T> type)
      throws IOException {
    if (!type.isInstance(object.get(name))) {
      throw new IOException(name + " is missing or of another type");
    }
    return type.cast(object.get(name));
  }

  /** As {@link #member}. */
  public static String string(Map<String, Object> object, String name) throws IOException {
    return member(object, name, String.class);
  }

  /** As {@link #member}: a number of 32 bits. */
  public static int integer(Map<String, Object> object, String name) throws IOException {
    long value = member(object, name, Long.class);
    if (value != (int) value) {
      throw new IOException(name + " is out of range");
    }
    return (int) value;
  }

  /**
   * Compact JSON in UTF-8, with the members in the map's order; what is neither number nor truth
   * value is a text.
   */
  public static byte[] write(Map<String, Object> object) {
    return written(object, null).toByteArray();
  }

  /** What {@link #write} gives, in lines for people, with a line end. */
  public static String lines(Map<String, Object> object) {
    return written(object, new DefaultPrettyPrinter()).toString(StandardCharsets.UTF_8) + "\n";
  }

  private static ByteArrayOutputStream written(Object object, @Nullable PrettyPrinter printer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      generator.setPrettyPrinter(printer);
      write(generator, object);
    } catch (IOException e) {
      throw new IllegalStateException("a byte array cannot fail to be written");
    }
    return out;
  }

  private static void write(JsonGenerator generator, Object value) throws IOException {
    if (value instanceof Map<?, ?> object) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> member : object.entrySet()) {
        generator.writeFieldName(String.valueOf(member.getKey()));
        write(generator, member.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> list) {
      generator.writeStartArray();
      for (Object element : list) {
        write(generator, element);
      }
      generator.writeEndArray();
    } else if (value instanceof Number number) {
      generator.writeNumber(number.longValue());
    } else if (value instanceof Boolean flag) {
      generator.writeBoolean(flag);
    } else {
      generator.writeString(value.toString());
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

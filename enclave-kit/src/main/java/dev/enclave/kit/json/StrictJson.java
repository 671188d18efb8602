package dev.enclave.kit.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON objects of strings, integers, lists and objects; whatever else there is, is refused. */
public final class StrictJson {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private StrictJson() {}

  /** One JSON object and nothing after it. */
  public static Map<String, Object> parse(byte[] utf8) throws IOException {
    try (JsonParser parser = FACTORY.createParser(utf8)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no JSON object");
      }
      Map<String, Object> object = object(parser);
      if (parser.nextToken() != null) {
        throw new IOException("something follows the JSON object");
      }
      return object;
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static List<Object> list(JsonParser parser) throws IOException {
    List<Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(parser));
    }
    return list;
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      return parser.getText();
    } else if (token == JsonToken.VALUE_NUMBER_INT) {
      return parser.getLongValue();
    } else if (token == JsonToken.START_OBJECT) {
      return object(parser);
    } else if (token == JsonToken.START_ARRAY) {
      return list(parser);
    }
    throw new IOException("unexpected JSON value");
  }

  public static String text(Map<String, Object> object, String name) throws IOException {
    return as(String.class, object.get(name), name);
  }

  public static int integer(Map<String, Object> object, String name) throws IOException {
    long value = as(Long.class, object.get(name), name);
    if (value != (int) value) {
      throw new IOException(name + " is out of range");
    }
    return (int) value;
  }

  public static List<Map<String, Object>> objects(Map<String, Object> object, String name)
      throws IOException {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (Object element : (List<?>) as(List.class, object.get(name), name)) {
      Map<String, Object> copy = new LinkedHashMap<>();
      for (Map.Entry<?, ?> field : ((Map<?, ?>) as(Map.class, element, name)).entrySet()) {
        copy.put(String.valueOf(field.getKey()), field.getValue());
      }
      objects.add(copy);
    }
    return objects;
  }

  private static <T> T as(
      Class<T> type, @org.jspecify.annotations.Nullable Object value, String name)
      throws IOException {
    if (!type.isInstance(value)) {
      throw new IOException(name + " is missing or of another type");
    }
    return type.cast(value);
  }

  /** Compact JSON, the fields in the map's order. */
  public static byte[] render(Map<String, Object> object) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      write(generator, object);
    } catch (IOException e) {
      throw new IllegalStateException("a byte array cannot fail to be written");
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator generator, Object value) throws IOException {
    if (value instanceof Map<?, ?> object) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> field : object.entrySet()) {
        generator.writeFieldName(String.valueOf(field.getKey()));
        write(generator, field.getValue());
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
    } else {
      generator.writeString(value.toString());
    }
  }
}

package dev.enclave.crypto;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A JSON object as the vector files have them: members that are text, numbers, objects, arrays. */
record Json(Map<String, Object> members) {

  static Json read(Path file) {
    try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
      parser.nextToken();
      return (Json) value(parser);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " is not readable", e);
    }
  }

  /** The object in {@code text}; empty when that is no JSON object. */
  static Optional<Json> parse(byte[] text) {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      parser.nextToken();
      return value(parser) instanceof Json json && parser.nextToken() == null
          ? Optional.of(json)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** JSON again, every number and literal as text. */
  String write() {
    return write(this);
  }

  private static String write(Object value) {
    if (value instanceof Json json) {
      return json.members().entrySet().stream()
          .map(member -> quoted(member.getKey()) + ":" + write(member.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    return value instanceof List<?> elements
        ? elements.stream().map(Json::write).collect(Collectors.joining(",", "[", "]"))
        : quoted(value.toString());
  }

  private static String quoted(String text) {
    return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  private static Object value(JsonParser parser) throws IOException {
    if (parser.hasToken(JsonToken.START_OBJECT)) {
      Map<String, Object> members = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        members.put(name, value(parser));
      }
      return new Json(members);
    }
    if (parser.hasToken(JsonToken.START_ARRAY)) {
      List<Object> elements = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(value(parser));
      }
      return elements;
    }
    return parser.getText();
  }

  String text(String name) {
    return optional(name).orElseThrow(() -> new AssertionError("no member " + name));
  }

  Optional<String> optional(String name) {
    return Optional.ofNullable(members.get(name)).map(Object::toString);
  }

  Json object(String name) {
    return (Json) required(name);
  }

  List<Json> objects(String name) {
    return ((List<?>) required(name)).stream().map(Json.class::cast).toList();
  }

  private Object required(String name) {
    return Optional.ofNullable(members.get(name))
        .orElseThrow(() -> new AssertionError("no member " + name));
  }
}

package dev.enclave.cli.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;

/** Writes one JSON object; {@code docs/cli.md} lists the field names. */
public final class JsonOutput {

  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonOutput() {}

  /** Writes the fields of an object. */
  @FunctionalInterface
  public interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes one element of an array. */
  @FunctionalInterface
  public interface Element<T> {
    void write(JsonGenerator json, T element) throws IOException;
  }

  /** The lines of an object. */
  public static List<String> object(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
      json.setPrettyPrinter(
          new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter));
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("a string cannot be full");
    }
    return text.toString().lines().toList();
  }

  /** A text field; null if there is no value. */
  public static void field(JsonGenerator json, String name, Optional<?> value) throws IOException {
    if (value.isPresent()) {
      json.writeStringField(name, value.get().toString());
    } else {
      json.writeNullField(name);
    }
  }

  /** An array of texts. */
  public static void texts(JsonGenerator json, String name, Iterable<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  /** An array of objects. */
  public static <T> void array(
      JsonGenerator json, String name, Iterable<T> elements, Element<T> element)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (T each : elements) {
      json.writeStartObject();
      element.write(json, each);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}

package dev.enclave.kit.workload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The JSON of credentials: files, and what servers answer. */
public final class JsonFields {

  private static final int LONGEST_NAME = 80;

  private static final JsonFactory JSON = new JsonFactory();

  private JsonFields() {}

  /**
   * The texts and numbers of an object, those of objects in it by names like {@code
   * credential_source.file}, and of an array of one text that text; empty if it is none.
   */
  public static Map<String, String> of(String text) {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = JSON.createParser(text)) {
      return parser.nextToken() == JsonToken.START_OBJECT && read(parser, "", fields)
          ? fields
          : Map.of();
    } catch (IOException e) {
      return Map.of();
    }
  }

  private static boolean read(JsonParser parser, String prefix, Map<String, String> fields)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = prefix + parser.currentName();
      JsonToken value = parser.nextToken();
      if (value == JsonToken.START_OBJECT && name.length() < LONGEST_NAME) {
        if (!read(parser, name + ".", fields)) {
          return false;
        }
      } else if (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT) {
        fields.put(name, parser.getText());
      } else if (value == JsonToken.START_ARRAY) {
        readArray(parser, name, fields);
      } else {
        parser.skipChildren();
      }
    }
    return parser.currentToken() == JsonToken.END_OBJECT;
  }

  private static void readArray(JsonParser parser, String name, Map<String, String> fields)
      throws IOException {
    List<String> texts = new ArrayList<>();
    int size = 0;
    for (JsonToken item = parser.nextToken();
        item != null && item != JsonToken.END_ARRAY;
        item = parser.nextToken()) {
      size++;
      if (item == JsonToken.VALUE_STRING) {
        texts.add(parser.getText());
      } else {
        parser.skipChildren();
      }
    }
    if (size == 1 && texts.size() == 1) {
      fields.put(name, texts.get(0));
    }
  }
}

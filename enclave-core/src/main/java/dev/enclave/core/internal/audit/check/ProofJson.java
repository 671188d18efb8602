package dev.enclave.core.internal.audit.check;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The form of proofs: one JSON object that begins with its format's name. */
final class ProofJson {

  private static final String FORMAT = "format";

  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ProofJson() {}

  /** Writes the members after the format. */
  @FunctionalInterface
  interface Members {
    void write(JsonGenerator json) throws IOException;
  }

  /** Reads the value of a member, at which the parser stands; says whether there is such a one. */
  @FunctionalInterface
  interface Reader {
    boolean read(String name, JsonParser json) throws IOException;
  }

  static String write(String format, Members members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeStringField(FORMAT, format);
      members.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written");
    }
    return text.append('\n').toString();
  }

  static void hashes(JsonGenerator json, String name, List<byte[]> hashes) throws IOException {
    json.writeArrayFieldStart(name);
    for (byte[] hash : hashes) {
      json.writeString(Base64.getEncoder().encodeToString(hash));
    }
    json.writeEndArray();
  }

  /**
   * Reads the members.
   *
   * @param what it is, for the message
   * @throws IOException when it is another thing
   */
  static void read(String text, String format, String what, Reader reader) throws IOException {
    String found = "";
    try (JsonParser json = JSON.createParser(text)) {
      require(json.nextToken() == JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals(FORMAT)) {
          found = json.getText();
        } else {
          require(reader.read(name, json));
        }
      }
      require(json.nextToken() == null && found.equals(format));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException("it is no " + what);
    }
  }

  static List<byte[]> hashes(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY);
    List<byte[]> hashes = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(json.currentToken() == JsonToken.VALUE_STRING);
      byte[] hash = Base64.getDecoder().decode(json.getText());
      require(hash.length == 32);
      hashes.add(hash);
    }
    return hashes;
  }

  private static void require(boolean inOrder) {
    if (!inOrder) {
      throw new IllegalArgumentException("another form");
    }
  }
}

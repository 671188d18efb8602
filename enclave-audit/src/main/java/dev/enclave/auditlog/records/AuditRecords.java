package dev.enclave.auditlog.records;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The lines of the log: canonical JSON (RFC 8785: sorted names, no white space), every value a
 * string, chained by {@code previous} and closed by {@code hash}, the SHA-256 of the line without
 * the {@code hash} member.
 */
public final class AuditRecords {

  public static final String GENESIS = "0".repeat(64);

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .build();

  private AuditRecords() {}

  /** UTF-8 has no form for half a surrogate pair, which a caller's name may well hold. */
  public static String wellFormed(String text) {
    return text.codePoints()
        .map(c -> Character.getType(c) == Character.SURROGATE ? '\uFFFD' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** SHA-256, in hexadecimal, of the record without its hash. */
  public static String hashOf(SortedMap<String, String> fields) {
    SortedMap<String, String> content = new TreeMap<>(fields);
    content.remove("hash");
    return Hashing.digest(DigestAlgorithm.SHA_256, Message.of(encode(content))).value().toHex();
  }

  public static byte[] encode(SortedMap<String, String> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      for (Map.Entry<String, String> field : fields.entrySet()) {
        json.writeStringField(field.getKey(), field.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written");
    }
    return out.toByteArray();
  }

  /**
   * Reads a line.
   *
   * @throws IOException when it is not a JSON object of strings
   */
  public static SortedMap<String, String> parse(byte[] line) throws IOException {
    SortedMap<String, String> fields = new TreeMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a JSON object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        if (name == null || json.nextToken() != JsonToken.VALUE_STRING) {
          throw new IOException("a value is not a string");
        }
        fields.put(name, json.getText());
      }
      if (json.nextToken() != null) {
        throw new IOException("something follows the object");
      }
    } catch (JsonProcessingException e) {
      throw new IOException("not JSON");
    }
    return fields;
  }
}

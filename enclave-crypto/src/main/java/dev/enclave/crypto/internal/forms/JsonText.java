package dev.enclave.crypto.internal.forms;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads JSON (RFC 8259) that strangers wrote: bounded, no duplicate names, whole Unicode text. */
final class JsonText {

  private static final int LONGEST = 1 << 18;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          // Names come from strangers: caching them would let one document slow down the next.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(LONGEST)
                  .maxNestingDepth(16)
                  .maxNumberLength(64)
                  .maxNameLength(256)
                  .maxStringLength(LONGEST)
                  .build())
          .build();

  private JsonText() {}

  /** What {@code reader} makes of {@code json}, which holds nothing after it. */
  static <T> T read(String json, Reader<T> reader) {
    if (json.length() > LONGEST || !wellFormed(json)) {
      throw invalid("was " + json.length() + " characters that are too many or not Unicode text");
    }
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      T result = reader.read(parser);
      if (parser.nextToken() != null) {
        throw invalid("was followed by something else");
      }
      return result;
    } catch (IOException e) {
      throw invalid("was " + json.length() + " characters that are not acceptable JSON");
    }
  }

  /** Whether {@code text} has no lone surrogates. */
  static boolean wellFormed(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  static UsageException invalid(String observed) {
    return invalid("The JWK or JWK set", observed);
  }

  static UsageException invalid(String subject, String observed) {
    return new UsageException(
        ErrorCode.INVALID_PUBLIC_KEY,
        subject
            + " "
            + observed
            + ". Pass the JSON of a public key as RFC 7517 and RFC 7518 §6 lay it out.");
  }

  /** Reads one value; the parser stands on its first token, and on its last afterwards. */
  @FunctionalInterface
  interface Reader<T> {
    T read(JsonParser parser) throws IOException;
  }
}

package dev.enclave.crypto.internal.forms;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
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
      throw invalid(Texts.JSON_TOO_LONG.with(json.length()));
    }
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      T result = reader.read(parser);
      if (parser.nextToken() != null) {
        throw invalid(Texts.JSON_FOLLOWED.with());
      }
      return result;
    } catch (IOException e) {
      throw invalid(Texts.JSON_UNACCEPTABLE.with(json.length()));
    }
  }

  /** Whether {@code text} has no lone surrogates. */
  static boolean wellFormed(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  static EnclaveException invalid(String observed) {
    return invalid(Texts.THE_JWK_OR_SET.with(), observed);
  }

  static EnclaveException invalid(String subject, String observed) {
    return Texts.JSON_INVALID.as(ErrorCode.INVALID_PUBLIC_KEY, subject, observed);
  }

  /** Reads one value; the parser stands on its first token, and on its last afterwards. */
  @FunctionalInterface
  interface Reader<T> {
    T read(JsonParser parser) throws IOException;
  }
}

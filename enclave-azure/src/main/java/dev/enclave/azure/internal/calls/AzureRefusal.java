package dev.enclave.azure.internal.calls;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.azure.internal.http.Answer;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * What an answer refuses with ("Common parameters and headers", Standard error response): the codes
 * of the error and of its inner error. The text beside them is not read.
 *
 * @param code empty if the answer has none
 * @param inner empty if the answer has none
 */
record AzureRefusal(String code, String inner) {

  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final int DEEPEST = 3;

  static AzureRefusal of(Answer answer) {
    String code = "";
    String inner = "";
    try (JsonParser parser = JSON.createParser(answer.body())) {
      int depth = 0;
      JsonToken token = parser.nextToken();
      while (token != null) {
        if (token == JsonToken.START_OBJECT) {
          depth++;
          boolean known =
              depth == 1
                  || (depth == 2 && "error".equals(parser.currentName()))
                  || (depth == DEEPEST && "innererror".equals(parser.currentName()));
          if (!known) {
            parser.skipChildren();
            depth--;
          }
        } else if (token == JsonToken.END_OBJECT) {
          depth--;
        } else if (token == JsonToken.START_ARRAY) {
          parser.skipChildren();
        } else if (token == JsonToken.VALUE_STRING && "code".equals(parser.currentName())) {
          if (depth == 2) {
            code = plain(parser.getText());
          } else if (depth == DEEPEST) {
            inner = plain(parser.getText());
          }
        }
        token = parser.nextToken();
      }
    } catch (IOException e) {
      // Not of Key Vault: a gateway's page, say. The status tells enough.
    }
    return new AzureRefusal(code, inner);
  }

  private static String plain(String text) {
    return PLAIN.matcher(text).matches() ? text : "";
  }

  /** As messages name it. */
  String named(int status) {
    String most = inner.isEmpty() ? code : inner;
    return most.isEmpty() ? "HTTP " + status : most + " (HTTP " + status + ")";
  }
}

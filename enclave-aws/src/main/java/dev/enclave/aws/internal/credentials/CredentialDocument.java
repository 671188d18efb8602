package dev.enclave.aws.internal.credentials;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.cloud.RefreshingValue.Expiring;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** The JSON in which container agents and the instance metadata service hand out credentials. */
final class CredentialDocument {

  private static final JsonFactory JSON = new JsonFactory();

  private CredentialDocument() {}

  /** What it hands out; nothing if it is no such document, or one that says it failed. */
  static Optional<Expiring<AwsCredentials>> parse(String text) {
    Map<String, String> fields = fields(text);
    String id = fields.get("AccessKeyId");
    String secret = fields.get("SecretAccessKey");
    String token = fields.get("Token");
    Optional<Instant> expires = instant(fields.get("Expiration"));
    if (!fields.getOrDefault("Code", "Success").equals("Success")
        || id == null
        || secret == null
        || token == null
        || expires.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Expiring<>(AwsSessionCredentials.create(id, secret, token), expires));
  }

  private static Map<String, String> fields(String text) {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Map.of();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_STRING && !parser.getText().isEmpty()) {
          fields.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
      return fields;
    } catch (IOException e) {
      return Map.of();
    }
  }

  private static Optional<Instant> instant(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(Instant::parse);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}

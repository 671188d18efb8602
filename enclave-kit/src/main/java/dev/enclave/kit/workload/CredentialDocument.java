package dev.enclave.kit.workload;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The JSON in which container agents and the instance metadata service hand out credentials. */
final class CredentialDocument {

  private CredentialDocument() {}

  /** What it hands out; nothing if it is no such document, or one that says it failed. */
  static Optional<Expiring<AwsSecurityCredentials>> parse(String text) {
    Map<String, String> fields = JsonFields.of(text);
    String id = fields.getOrDefault("AccessKeyId", "");
    String secret = fields.getOrDefault("SecretAccessKey", "");
    String token = fields.getOrDefault("Token", "");
    Optional<Instant> expires = instant(fields.getOrDefault("Expiration", ""));
    if (!fields.getOrDefault("Code", "Success").equals("Success")
        || id.isEmpty()
        || secret.isEmpty()
        || token.isEmpty()
        || expires.isEmpty()
        || !HeaderText.fits(id + token)) {
      return Optional.empty();
    }
    return Optional.of(
        new Expiring<>(new AwsSecurityCredentials(id, secret, Optional.of(token)), expires));
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}

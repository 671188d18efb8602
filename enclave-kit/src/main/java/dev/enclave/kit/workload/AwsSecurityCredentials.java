package dev.enclave.kit.workload;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What requests to AWS are signed with.
 *
 * @param accessKeyId whose they are; no secret
 * @param secretAccessKey never shown
 * @param sessionToken of temporary ones; without, they are long-lived
 */
public record AwsSecurityCredentials(
    String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {

  /**
   * Those that somebody wrote down; none if nothing of them is there.
   *
   * @param names what id, secret and token are called where they stand
   * @throws BackendFailure where a part is missing, or cannot be sent
   */
  public static Optional<AwsSecurityCredentials> given(
      List<String> names, Optional<String> id, Optional<String> secret, Optional<String> token)
      throws BackendFailure {
    if (Stream.of(id, secret, token).allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    if (id.isEmpty() || secret.isEmpty()) {
      throw Texts.CREDENTIALS_IN_PART.permanent(
          FailureCode.MISCONFIGURED, names.get(0), names.get(1), names.get(id.isEmpty() ? 0 : 1));
    }
    if (!Answers.fitHeader(id.get() + token.orElse(""))) {
      throw Texts.NO_HEADER_OF_CREDENTIALS.permanent(
          FailureCode.MISCONFIGURED, Answers.fitHeader(id.get()) ? names.get(2) : names.get(0));
    }
    return Optional.of(new AwsSecurityCredentials(id.get(), secret.get(), token));
  }

  /**
   * Those in the JSON of container agents and of the instance metadata service; nothing if it is no
   * such document, or one that says it failed.
   */
  static Optional<Expiring<AwsSecurityCredentials>> parse(String json) {
    Map<String, String> fields = Answers.fields(json);
    String id = fields.getOrDefault("AccessKeyId", "");
    String secret = fields.getOrDefault("SecretAccessKey", "");
    String token = fields.getOrDefault("Token", "");
    Optional<Instant> end = Answers.instant(fields.getOrDefault("Expiration", ""));
    return fields.getOrDefault("Code", "Success").equals("Success")
            && Stream.of(id, secret, token).noneMatch(String::isEmpty)
            && end.isPresent()
            && Answers.fitHeader(id + token)
        ? Optional.of(
            new Expiring<>(new AwsSecurityCredentials(id, secret, Optional.of(token)), end))
        : Optional.empty();
  }

  /** The id alone. */
  @Override
  public String toString() {
    return "AwsSecurityCredentials[" + accessKeyId + "]";
  }
}

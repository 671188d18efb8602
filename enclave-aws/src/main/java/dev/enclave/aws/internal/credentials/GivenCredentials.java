package dev.enclave.aws.internal.credentials;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Credentials that somebody wrote into settings.
 *
 * @param settings what was written
 */
public record GivenCredentials(BackendSettings settings) {

  public static final String ACCESS_KEY_ID = "access-key-id";
  public static final String SECRET_ACCESS_KEY = "secret-access-key";
  public static final String SESSION_TOKEN = "session-token";

  /** Where the workload runs, if not on AWS. */
  public static final String FEDERATED_FROM = "federated-from";

  public static final String ROLE_ARN = "role-arn";
  public static final String FEDERATION_AUDIENCE = "federation-audience";

  private static final List<String> SETTINGS =
      List.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN);

  /**
   * Refuses any of them, since they have no end.
   *
   * @throws BackendFailure REFUSED
   */
  void requireNone() throws BackendFailure {
    for (String name : SETTINGS) {
      if (value(name).isPresent()) {
        throw AwsWorkload.longLived("Setting " + settings.fullName(name) + " is set");
      }
    }
  }

  /** The settings, as the operator writes them. */
  List<String> names() {
    return SETTINGS.stream().map(settings::fullName).toList();
  }

  /** Those in settings, if any is set. */
  Optional<CredentialSource<AwsSecurityCredentials>> source() throws BackendFailure {
    return AwsSecurityCredentials.given(
            names(), value(ACCESS_KEY_ID), value(SECRET_ACCESS_KEY), value(SESSION_TOKEN))
        .map(given -> CredentialSource.fixed("settings " + names().get(0) + " and others", given));
  }

  /** The SDK takes text alone, so a secret that could be wiped ends here. */
  private Optional<String> value(String name) {
    Optional<SecretBytes> answered = settings.secret(name);
    if (answered.isEmpty()) {
      return settings.get(name).filter(value -> !value.isEmpty());
    }
    try (SecretBytes secret = answered.get()) {
      byte[] bytes = secret.exposeSecret();
      try {
        return Optional.of(new String(bytes, StandardCharsets.UTF_8)).filter(v -> !v.isEmpty());
      } finally {
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }
}

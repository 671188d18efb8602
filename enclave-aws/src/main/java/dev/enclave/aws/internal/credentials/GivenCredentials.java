package dev.enclave.aws.internal.credentials;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Credentials that somebody wrote down: in settings or in variables. */
public final class GivenCredentials {

  public static final String ACCESS_KEY_ID = "access-key-id";
  public static final String SECRET_ACCESS_KEY = "secret-access-key";
  public static final String SESSION_TOKEN = "session-token";

  /** Where the workload runs, if not on AWS. */
  public static final String FEDERATED_FROM = "federated-from";

  public static final String ROLE_ARN = "role-arn";
  public static final String FEDERATION_AUDIENCE = "federation-audience";

  private static final List<String> SETTINGS =
      List.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN);

  private static final String ID_VARIABLE = "AWS_ACCESS_KEY_ID";
  private static final String SECRET_VARIABLE = "AWS_SECRET_ACCESS_KEY";
  private static final String TOKEN_VARIABLE = "AWS_SESSION_TOKEN";

  private final BackendContext context;
  private final BackendSettings settings;
  private final EnvironmentSnapshot environment;

  GivenCredentials(BackendContext context) {
    this.context = context;
    this.settings = context.settings();
    this.environment = context.snapshot();
  }

  /**
   * Refuses what has no end: settings, and variables without a session token.
   *
   * @throws BackendFailure {@link FailureCode#REFUSED}
   */
  void requireNoneLongLived() throws BackendFailure {
    for (String name : SETTINGS) {
      if (value(name).isPresent()) {
        throw refused("Setting " + settings.fullName(name) + " is set");
      }
    }
    boolean session = environment.variable(TOKEN_VARIABLE).isPresent();
    for (String name : List.of(ID_VARIABLE, SECRET_VARIABLE)) {
      if (!session && environment.variable(name).isPresent()) {
        throw refused("Variable " + name + " is set, and " + TOKEN_VARIABLE + " is not");
      }
    }
  }

  private BackendFailure refused(String observed) {
    return BackendFailure.permanent(
        FailureCode.REFUSED,
        observed + ": a long-lived credential, which " + context.environment() + " refuses.",
        "Remove it, and give the workload a role: an ECS task role, EKS Pod"
            + " Identity or a service account's role, a Lambda execution role, an EC2 instance"
            + " profile.");
  }

  /** Those in settings, if any is set. */
  Optional<CredentialSource<AwsCredentials>> bySettings() throws BackendFailure {
    return source(
        "settings " + settings.fullName(ACCESS_KEY_ID) + " and others",
        SETTINGS.stream().map(settings::fullName).toList(),
        value(ACCESS_KEY_ID),
        value(SECRET_ACCESS_KEY),
        value(SESSION_TOKEN));
  }

  String settingsMissing() {
    return "settings: not set: "
        + settings.fullName(ACCESS_KEY_ID)
        + " and "
        + settings.fullName(SECRET_ACCESS_KEY);
  }

  /** Those in variables, if any is set. */
  Optional<CredentialSource<AwsCredentials>> byVariables() throws BackendFailure {
    return source(
        "variable " + ID_VARIABLE + " and others",
        List.of(ID_VARIABLE, SECRET_VARIABLE, TOKEN_VARIABLE),
        environment.variable(ID_VARIABLE),
        environment.variable(SECRET_VARIABLE),
        environment.variable(TOKEN_VARIABLE));
  }

  private static Optional<CredentialSource<AwsCredentials>> source(
      String named,
      List<String> names,
      Optional<String> id,
      Optional<String> secret,
      Optional<String> token)
      throws BackendFailure {
    if (Stream.of(id, secret, token).allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    if (id.isEmpty() || secret.isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "Of the AWS credentials "
              + names.get(0)
              + " and "
              + names.get(1)
              + " are needed both, and "
              + (id.isEmpty() ? names.get(0) : names.get(1))
              + " is not set.",
          "Set it, or remove the others.");
    }
    AwsCredentials given =
        token.isPresent()
            ? AwsSessionCredentials.create(id.get(), secret.get(), token.get())
            : AwsBasicCredentials.create(id.get(), secret.get());
    return Optional.of(new Fixed(named, new Expiring<>(given, Optional.empty())));
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

  private record Fixed(String named, Expiring<AwsCredentials> issued)
      implements CredentialSource<AwsCredentials> {
    @Override
    public Expiring<AwsCredentials> fetch() {
      return issued;
    }
  }
}

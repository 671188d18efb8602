package dev.enclave.gcp.internal.credentials;

import dev.enclave.EnvironmentType;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.workload.JsonFields;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Which source of access tokens is used: the first that is configured, and its failure is final.
 *
 * <p>A file that the setting or GOOGLE_APPLICATION_CREDENTIALS names, else the metadata server. In
 * PRODUCTION and STAGING such a file must be one of workload identity federation; a service
 * account's key is refused everywhere, so that nobody thinks it is used. In DEVELOPMENT and LOCAL a
 * developer's own login will do, also where gcloud keeps it.
 */
public final class TokenChain {

  /** All that Enclave asks for. */
  static final String SCOPE = "https://www.googleapis.com/auth/cloudkms";

  private static final String VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS";
  private static final String WELL_KNOWN = "application_default_credentials.json";

  private final BackendContext context;
  private final EnvironmentSnapshot environment;
  private final HttpExchange exchange;
  private final boolean strict;
  private final Executor threads;

  /**
   * @param exchange the way to Google's token endpoints
   */
  public TokenChain(BackendContext context, HttpExchange exchange) {
    this(context, exchange, RefreshingValue.threadForEach());
  }

  /**
   * @param threads that fetch tokens
   */
  TokenChain(BackendContext context, HttpExchange exchange, Executor threads) {
    this.threads = threads;
    this.context = context;
    this.environment = context.snapshot();
    this.exchange = exchange;
    this.strict =
        context.environment() == EnvironmentType.PRODUCTION
            || context.environment() == EnvironmentType.STAGING;
  }

  /**
   * Chooses; asks nobody yet.
   *
   * @param setting the path that settings name
   * @param settingName how the operator writes that setting
   * @throws BackendFailure when what is there must not be used
   */
  public Tokens choose(Optional<String> setting, String settingName) throws BackendFailure {
    Chosen chosen = source(setting, settingName);
    return new Tokens(chosen.source(), chosen.quotaProject(), context.time(), threads);
  }

  /** What was chosen, and the project that a file names for its calls. */
  private record Chosen(CredentialSource<String> source, Optional<String> quotaProject) {}

  private Chosen source(Optional<String> setting, String settingName) throws BackendFailure {
    if (setting.isPresent()) {
      return of(file(setting.get(), "Setting " + settingName), "Setting " + settingName);
    }
    Optional<String> variable = environment.variable(VARIABLE);
    if (variable.isPresent()) {
      return of(file(variable.get(), "Variable " + VARIABLE), "Variable " + VARIABLE);
    }
    Optional<CredentialsFile> login = strict ? Optional.empty() : login();
    return login.isPresent()
        ? of(login.get(), "gcloud")
        : new Chosen(new MetadataTokens(environment.metadata(), context.time()), Optional.empty());
  }

  private CredentialsFile file(String path, String namedBy) throws BackendFailure {
    return read(path)
        .orElseThrow(
            () ->
                BackendFailure.permanent(
                    FailureCode.MISCONFIGURED,
                    namedBy + " names " + path + ", which is no file that can be read.",
                    "Correct it, or remove it."));
  }

  /** Where gcloud keeps a developer's login. */
  private Optional<CredentialsFile> login() {
    Optional<String> directory =
        environment
            .variable("CLOUDSDK_CONFIG")
            .or(() -> environment.variable("APPDATA").map(d -> d + "/gcloud"))
            .or(() -> environment.property("user.home").map(d -> d + "/.config/gcloud"));
    return directory.flatMap(d -> read(d + "/" + WELL_KNOWN));
  }

  private Optional<CredentialsFile> read(String path) {
    return environment.read(path).map(text -> new CredentialsFile(path, JsonFields.of(text)));
  }

  private Chosen of(CredentialsFile file, String namedBy) throws BackendFailure {
    return new Chosen(tokens(file, namedBy), file.quotaProject(namedBy));
  }

  private CredentialSource<String> tokens(CredentialsFile file, String namedBy)
      throws BackendFailure {
    return switch (file.kind()) {
      case EXTERNAL ->
          new FederatedTokens(
              file,
              SubjectTokens.of(file, environment, exchange, context.time(), strict),
              exchange,
              context.time());
      case USER -> {
        if (strict) {
          throw refused(namedBy, file, "a person's login");
        }
        yield new UserTokens(file, exchange, context.time());
      }
      case SERVICE_ACCOUNT -> throw refused(namedBy, file, "a service account's private key");
      case IMPERSONATED ->
          throw unused(
              namedBy,
              file,
              ", which gcloud writes for --impersonate-service-account. In DEVELOPMENT and LOCAL"
                  + " log in without that option; elsewhere attach the service account to the"
                  + " workload.");
      case OTHER -> throw unused(namedBy, file, "");
    };
  }

  private static BackendFailure unused(String namedBy, CredentialsFile file, String origin) {
    return BackendFailure.permanent(
        FailureCode.MISCONFIGURED,
        namedBy
            + " names "
            + file.path()
            + file.type().map(type -> " of type " + type).orElse(", which says no type")
            + origin
            + (origin.isEmpty() ? ". " : " ")
            + "Enclave uses files of type external_account and, in DEVELOPMENT and LOCAL,"
            + " authorized_user, or an attached service account.");
  }

  private BackendFailure refused(String namedBy, CredentialsFile file, String what) {
    return BackendFailure.permanent(
        FailureCode.REFUSED,
        namedBy
            + " names "
            + file.path()
            + ": "
            + what
            + ", a long-lived credential, which "
            + context.environment()
            + " refuses.",
        "Remove it, and "
            + (strict
                ? "attach a service account to the workload, or use workload identity federation."
                : "run gcloud auth application-default login."));
  }
}

package dev.enclave.gcp.internal.credentials;

import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.refused;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.workload.Answers;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Which source of access tokens is used: the first that is configured, and its failure is final.
 *
 * <p>A file that the setting or GOOGLE_APPLICATION_CREDENTIALS names, else the metadata server. In
 * PRODUCTION and STAGING such a file must be one of workload identity federation; a service
 * account's key is refused everywhere, so that nobody thinks it is used. In DEVELOPMENT and LOCAL a
 * developer's own login will do, also where gcloud keeps it.
 *
 * @param exchange the way to Google's token endpoints
 * @param threads that fetch tokens
 */
public record TokenChain(BackendContext context, HttpExchange exchange, Executor threads) {

  /** All that Enclave asks for. */
  static final String SCOPE = "https://www.googleapis.com/auth/cloudkms";

  private static final String VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS";
  private static final String USERS = "https://oauth2.googleapis.com/token";
  private static final String LOGIN = "Run gcloud auth application-default login again.";

  /**
   * Chooses; asks nobody yet.
   *
   * @param setting the path that settings name
   * @param settingName how the operator writes that setting
   */
  public Tokens choose(Optional<String> setting, String settingName) throws BackendFailure {
    if (setting.isPresent()) {
      return named(setting.get(), "Setting " + settingName);
    }
    Optional<String> variable = context.snapshot().variable(VARIABLE);
    if (variable.isPresent()) {
      return named(variable.get(), "Variable " + VARIABLE);
    }
    Optional<CredentialsFile> login = strict() ? Optional.empty() : login();
    return login.isPresent()
        ? of(login.get(), "gcloud")
        : tokens(metadataServer(), Optional.empty());
  }

  private boolean strict() {
    return context.environment().isStrict();
  }

  private TokenEndpoints endpoints() {
    return new TokenEndpoints(exchange, context.time());
  }

  private Tokens named(String path, String namedBy) throws BackendFailure {
    Optional<CredentialsFile> file = read(path);
    if (file.isEmpty()) {
      throw misconfigured(
          namedBy + " names " + path + ", which is no file that can be read.",
          "Correct it, or remove it.");
    }
    return of(file.get(), namedBy);
  }

  /** Where gcloud keeps a developer's login. */
  private Optional<CredentialsFile> login() {
    EnvironmentSnapshot environment = context.snapshot();
    return environment
        .variable("CLOUDSDK_CONFIG")
        .or(() -> environment.variable("APPDATA").map(d -> d + "/gcloud"))
        .or(() -> environment.property("user.home").map(d -> d + "/.config/gcloud"))
        .flatMap(directory -> read(directory + "/application_default_credentials.json"));
  }

  private Optional<CredentialsFile> read(String path) {
    return context
        .snapshot()
        .read(path)
        .map(text -> new CredentialsFile(path, Answers.fields(text)));
  }

  private Tokens of(CredentialsFile file, String namedBy) throws BackendFailure {
    return tokens(source(file, namedBy), file.quotaProject(namedBy));
  }

  private Tokens tokens(CredentialSource<String> source, Optional<String> quotaProject) {
    return new Tokens(source, quotaProject, context.time(), threads);
  }

  private CredentialSource<String> source(CredentialsFile file, String namedBy)
      throws BackendFailure {
    Optional<String> type = file.get("type");
    return switch (type.orElse("")) {
      case "external_account" -> FederatedTokens.of(file, context, endpoints());
      case "authorized_user" -> {
        if (strict()) {
          throw longLived(namedBy, file, "a person's login");
        }
        yield login(file);
      }
      case "service_account" -> throw longLived(namedBy, file, "a service account's private key");
      default ->
          throw misconfigured(
              namedBy
                  + " names "
                  + file.path()
                  + type.filter(t -> t.matches("[a-z][a-z_]{0,39}"))
                      .map(t -> " of type " + t)
                      .orElse(", which says no type")
                  + (type.filter("impersonated_service_account"::equals).isEmpty()
                      ? "."
                      : ", which gcloud writes for --impersonate-service-account. In DEVELOPMENT and"
                          + " LOCAL log in without that option; elsewhere attach the service account"
                          + " to the workload."),
              "Enclave uses files of type external_account and, in DEVELOPMENT and LOCAL,"
                  + " authorized_user, or an attached service account.");
    };
  }

  /** A developer's own, by a refresh token (RFC 6749 §6). */
  private CredentialSource<String> login(CredentialsFile file) {
    return CredentialSource.of(
        file.named(),
        () ->
            endpoints()
                .form(
                    USERS,
                    file.named(),
                    LOGIN,
                    "grant_type",
                    "refresh_token",
                    "client_id",
                    ofLogin(file, "client_id"),
                    "client_secret",
                    ofLogin(file, "client_secret"),
                    "refresh_token",
                    ofLogin(file, "refresh_token")),
        exchange::close);
  }

  private static String ofLogin(CredentialsFile file, String field) throws BackendFailure {
    return file.get(field)
        .orElseThrow(() -> misconfigured(file.named() + " lacks " + field + ".", LOGIN));
  }

  /**
   * The service account that is attached to the workload: of an instance, of Cloud Run and its
   * siblings, or, by GKE's own metadata server, of a Kubernetes service account (workload
   * identity). GKE and Cloud Run narrow the token to the scope; Compute Engine goes by the
   * instance's.
   */
  private CredentialSource<String> metadataServer() {
    GoogleWorkload workload = new GoogleWorkload(context.snapshot());
    return CredentialSource.of(
        "the metadata server",
        () ->
            TokenEndpoints.token(
                "The metadata server",
                workload.ofAccount("token?scopes=" + SCOPE, "access token"),
                context.time()),
        workload::close);
  }

  private BackendFailure longLived(String namedBy, CredentialsFile file, String what) {
    return refused(
        "%s names %s: %s, a long-lived credential, which %s refuses."
            .formatted(namedBy, file.path(), what, context.environment()),
        strict()
            ? "Remove it, and attach a service account to the workload, or use workload identity"
                + " federation."
            : "Remove it, and run gcloud auth application-default login.");
  }

  /** A file of credentials as gcloud writes it: where it is, and what it says. */
  record CredentialsFile(String path, Map<String, String> fields) {

    /**
     * The project that calls with these credentials are to count for ({@code quota_project_id}), if
     * it is one that a header can carry.
     */
    Optional<String> quotaProject(String namedBy) throws BackendFailure {
      Optional<String> project = get("quota_project_id");
      if (project.filter(id -> !id.matches("[a-z0-9][a-z0-9.:-]{0,62}")).isPresent()) {
        throw misconfigured(
            namedBy + " names " + path + ", whose quota_project_id is no id of a project.",
            "Set it anew by gcloud auth application-default set-quota-project.");
      }
      return project;
    }

    Optional<String> get(String field) {
      return Optional.ofNullable(fields.get(field)).filter(text -> !text.isEmpty());
    }

    /** What it says of where the workload's identity is. */
    Optional<String> source(String field) {
      return get("credential_source." + field);
    }

    /** What federation cannot do without. */
    String required(String field) throws BackendFailure {
      return get(field).orElseThrow(() -> unfit("it lacks " + field));
    }

    /** Takes one value alone, of Google's or AWS's own. */
    void require(String field, String value) throws BackendFailure {
      if (!get(field).orElse("").equals(value)) {
        throw unfit("its " + field.replace("credential_source.", "") + " is not " + value);
      }
    }

    /** As messages name it. */
    String named() {
      return "credentials file " + path;
    }

    /** What it says does not do for workload identity federation. */
    BackendFailure unfit(String observed) {
      return misconfigured(
          "Of " + named() + ": " + observed + ".",
          "Write it anew by gcloud iam workload-identity-pools create-cred-config.");
    }

    /** The path alone. */
    @Override
    public String toString() {
      return "CredentialsFile[" + path + "]";
    }
  }
}

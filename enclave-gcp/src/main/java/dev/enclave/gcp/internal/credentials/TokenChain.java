package dev.enclave.gcp.internal.credentials;

import static dev.enclave.kit.Failures.denied;
import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.refused;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.workload.Answers;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.http.HttpRequest;
import java.time.Duration;
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
 */
public record TokenChain(BackendContext context, HttpExchange exchange) {

  /** Google's metadata servers have a new one five minutes before the last one ends. */
  private static final Duration AHEAD = Duration.ofMinutes(4);

  /**
   * What was chosen.
   *
   * @param source where access tokens come from
   * @param quotaProject the project whose API must be enabled and whose quota counts, where the
   *     credentials name one: a person's belong to no project. Without, it is a service account's
   *     own
   */
  public record Chosen(CredentialSource<String> source, Optional<String> quotaProject) {

    /** Always the same token; empty for none. */
    public static Chosen given(String token, String named) {
      return new Chosen(CredentialSource.fixed(named, token), Optional.empty());
    }

    /** Access tokens for requests, kept fresh; threads fetch them. */
    public RefreshingValue<String> tokens(TimeSource time, Executor threads) {
      return new RefreshingValue<>(
          "An access token from " + source.named(), source, AHEAD, time, threads);
    }
  }

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
  public Chosen choose(Optional<String> setting, String settingName) throws BackendFailure {
    Optional<String> path = setting.or(() -> context.snapshot().variable(VARIABLE));
    String namedBy = setting.isPresent() ? "Setting " + settingName : "Variable " + VARIABLE;
    Optional<CredentialsFile> file =
        path.isPresent()
            ? path.flatMap(p -> read(namedBy, p))
            : strict() ? Optional.empty() : login();
    if (file.isPresent()) {
      return new Chosen(source(file.get()), file.get().quotaProject());
    }
    if (path.isPresent()) {
      throw misconfigured(
          namedBy + " names " + path.get() + ", which is no file that can be read.",
          "Correct it, or remove it.");
    }
    return new Chosen(metadataServer(), Optional.empty());
  }

  private boolean strict() {
    return context.environment().isStrict();
  }

  /** Where gcloud keeps a developer's login. */
  private Optional<CredentialsFile> login() {
    EnvironmentSnapshot environment = context.snapshot();
    return environment
        .variable("CLOUDSDK_CONFIG")
        .or(() -> environment.variable("APPDATA").map(d -> d + "/gcloud"))
        .or(() -> environment.property("user.home").map(d -> d + "/.config/gcloud"))
        .flatMap(d -> read("gcloud", d + "/application_default_credentials.json"));
  }

  private Optional<CredentialsFile> read(String namedBy, String path) {
    return context
        .snapshot()
        .read(path)
        .map(text -> new CredentialsFile(namedBy, path, Answers.fields(text)));
  }

  private CredentialSource<String> source(CredentialsFile file) throws BackendFailure {
    String type = file.get("type").orElse("");
    return switch (type) {
      case "external_account" -> FederatedTokens.of(file, this);
      case "authorized_user" -> {
        if (strict()) {
          throw longLived(file, "a person's login");
        }
        yield login(file);
      }
      case "service_account" -> throw longLived(file, "a service account's private key");
      default ->
          throw misconfigured(
              file.told()
                  + (type.matches("[a-z][a-z_]{0,39}")
                      ? " of type " + type
                      : ", which says no type")
                  + (type.equals("impersonated_service_account")
                      ? ", which gcloud writes for --impersonate-service-account. In DEVELOPMENT and"
                          + " LOCAL log in without that option; elsewhere attach the service account"
                          + " to the workload."
                      : "."),
              "Enclave uses files of type external_account and, in DEVELOPMENT and LOCAL,"
                  + " authorized_user, or an attached service account.");
    };
  }

  /** A developer's own, by a refresh token (RFC 6749 §6). */
  private CredentialSource<String> login(CredentialsFile file) {
    String form = "grant_type=refresh_token&client_id=%s&client_secret=%s&refresh_token=%s";
    return CredentialSource.of(
        file.named(),
        () ->
            ask(
                Answers.form(
                    USERS,
                    form,
                    ofLogin(file, "client_id"),
                    ofLogin(file, "client_secret"),
                    ofLogin(file, "refresh_token")),
                file.named(),
                LOGIN),
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
    String path = "token?scopes=" + SCOPE;
    return CredentialSource.of(
        "the metadata server",
        () -> token("The metadata server", workload.ofAccount(path, "access token")),
        workload::close);
  }

  /** Asks for a token; messages name what it is asked with, and what to do if it is refused. */
  Expiring<String> ask(HttpRequest request, String with, String fix) throws BackendFailure {
    String host = request.uri().getHost();
    Answered answered = Answers.of(exchange, request, host, with, "Look at the network.");
    if (answered.status() != 200) {
      throw denied(Answers.told(host, answered, with), fix);
    }
    return token(host, answered.text());
  }

  private Expiring<String> token(String who, String text) throws BackendFailure {
    String wrong = who + " answered something else than an access token.";
    return Answers.token(text, context.time()).orElseThrow(() -> unavailable(wrong, "Ask again."));
  }

  private BackendFailure longLived(CredentialsFile file, String what) {
    return refused(
        "%s: %s, a long-lived credential, which %s refuses."
            .formatted(file.told(), what, context.environment()),
        strict()
            ? "Remove it, and attach a service account to the workload, or use workload identity"
                + " federation."
            : "Remove it, and run gcloud auth application-default login.");
  }

  /** A file of credentials as gcloud writes it: where it is, and what it says. */
  record CredentialsFile(String namedBy, String path, Map<String, String> fields) {

    /**
     * The project that calls with these credentials are to count for ({@code quota_project_id}), if
     * it is one that a header can carry.
     */
    Optional<String> quotaProject() throws BackendFailure {
      Optional<String> project = get("quota_project_id");
      if (project.filter(id -> !id.matches("[a-z0-9][a-z0-9.:-]{0,62}")).isPresent()) {
        throw misconfigured(
            told() + ", whose quota_project_id is no id of a project.",
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

    /** Who names it. */
    String told() {
      return namedBy + " names " + path;
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

package dev.enclave.gcp.internal;

import static dev.enclave.kit.Failures.denied;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.workload.Answers;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.http.HttpRequest;
import java.time.Duration;
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

  /** IAM, "Create short-lived credentials": of an access token, where an organisation allows it. */
  private static final Duration LONGEST_LIFE = Duration.ofHours(12);

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
          Texts.ACCESS_TOKEN_FROM.with(source.named()), source, AHEAD, time, threads);
    }
  }

  /** All that Enclave asks for. */
  static final String SCOPE = "https://www.googleapis.com/auth/cloudkms";

  private static final String VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS";

  /**
   * Chooses; asks nobody yet.
   *
   * @param setting the path that settings name
   * @param settingName how the operator writes that setting
   */
  public Chosen choose(Optional<String> setting, String settingName) throws BackendFailure {
    Optional<String> path = setting.or(() -> context.snapshot().variable(VARIABLE));
    String namedBy =
        setting.isPresent() ? Texts.SETTING_NAMED.with(settingName) : Texts.VARIABLE.with(VARIABLE);
    Optional<CredentialsFile> file =
        path.isPresent()
            ? path.flatMap(p -> read(namedBy, p))
            : strict() ? Optional.empty() : login();
    if (file.isPresent()) {
      return new Chosen(file.get().tokens(), file.get().quotaProject());
    }
    if (path.isPresent()) {
      throw Texts.NO_FILE.permanent(FailureCode.MISCONFIGURED, namedBy, path.get());
    }
    // The service account that is attached to the workload: of an instance, of Cloud Run and its
    // siblings, or, by GKE's own metadata server, of a Kubernetes service account (workload
    // identity). GKE and Cloud Run narrow the token to the scope; Compute Engine goes by the
    // instance's.
    GoogleWorkload workload = new GoogleWorkload(context.snapshot());
    String account = "token?scopes=" + SCOPE;
    return new Chosen(
        CredentialSource.of(
            Texts.THE_METADATA_SERVER.with(),
            () ->
                token(
                    Texts.METADATA_SERVER.with(),
                    workload.ofAccount(account, Texts.ACCESS_TOKEN.with())),
            workload::close),
        Optional.empty());
  }

  /** Whether it is PRODUCTION or STAGING. */
  public boolean strict() {
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
        .map(text -> new CredentialsFile(this, namedBy, path, Answers.fields(text)));
  }

  /** Asks for a token; messages name what it is asked with, and what to do if it is refused. */
  Expiring<String> ask(HttpRequest request, String with, String fix) throws BackendFailure {
    String host = request.uri().getHost();
    Answered answered = Answers.of(exchange, request, host, with, Texts.LOOK_AT_NETWORK.with());
    if (answered.status() != 200) {
      throw denied(Answers.told(host, answered, with), fix);
    }
    return token(host, answered.text());
  }

  private Expiring<String> token(String who, String text) throws BackendFailure {
    return Answers.token(text, context.time(), LONGEST_LIFE)
        .orElseThrow(() -> Texts.NO_ACCESS_TOKEN.transientFailure(FailureCode.UNAVAILABLE, who));
  }
}

package dev.enclave.gcp.internal;

import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.workload.Answers;
import dev.enclave.kit.workload.AwsSts.SignedRequest;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of credentials as gcloud writes it, and the tokens that come by what it says. Thread-safe.
 *
 * <p>Workload identity federation: what another platform says of the workload, as {@code
 * credential_source} says where it is, is exchanged (RFC 8693) for a token of Google's, by itself
 * or for a service account's.
 *
 * @param namedBy who names the file
 */
record CredentialsFile(TokenChain chain, String namedBy, String path, Map<String, String> fields) {

  private static final String USERS = "https://oauth2.googleapis.com/token";
  private static final String LOGIN = Texts.LOG_IN_AGAIN.with();
  private static final String STS = "https://sts.googleapis.com/v1/token";
  private static final String EXCHANGE =
      "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3Atoken-exchange"
          + "&requested_token_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Atoken-type%%3Aaccess_token"
          + "&audience=%s&subject_token_type=%s&scope=%s&subject_token=%s";

  private static final String IMPERSONATION = "service_account_impersonation_url";
  private static final String GOOGLES_IMPERSONATION =
      "https://iamcredentials\\.googleapis\\.com/v1/projects/-/serviceAccounts/"
          + "[A-Za-z0-9@._-]{1,200}:generateAccessToken";
  private static final String HEADERS = "credential_source.headers.";

  private static final String AWS_VERIFICATION =
      "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";
  private static final String AWS_INSTANCE =
      "http://(169\\.254\\.169\\.254|\\[fd00:ec2::254])/latest/.*";

  /** Where access tokens come from by what it says, if Enclave uses that. */
  CredentialSource<String> tokens() throws BackendFailure {
    String type = get("type").orElse("");
    return switch (type) {
      case "external_account" -> federated();
      case "authorized_user" -> login();
      case "service_account" -> throw longLived(Texts.SERVICE_ACCOUNT_KEY.with());
      default ->
          throw misconfigured(
              told()
                  + (type.matches("[a-z][a-z_]{0,39}")
                      ? Texts.OF_TYPE.with(type)
                      : Texts.WITHOUT_TYPE.with())
                  + (type.equals("impersonated_service_account")
                      ? Texts.IMPERSONATING.with()
                      : "."),
              Texts.OTHER_TYPE.with());
    };
  }

  /** A developer's own, by a refresh token (RFC 6749 §6). */
  private CredentialSource<String> login() throws BackendFailure {
    if (chain.strict()) {
      throw longLived(Texts.PERSONS_LOGIN.with());
    }
    String form = "grant_type=refresh_token&client_id=%s&client_secret=%s&refresh_token=%s";
    return CredentialSource.of(
        named(),
        () -> {
          List<String> values = new ArrayList<>();
          for (String field : List.of("client_id", "client_secret", "refresh_token")) {
            String lacking = Texts.LOGIN_LACKS.with(named(), field);
            values.add(get(field).orElseThrow(() -> misconfigured(lacking, LOGIN)));
          }
          return chain.ask(
              Answers.form(USERS, form, values.toArray(String[]::new)), named(), LOGIN);
        },
        chain.exchange()::close);
  }

  private BackendFailure longLived(String what) {
    return Texts.LONG_LIVED.permanent(
        FailureCode.REFUSED,
        told(),
        what,
        chain.context().environment(),
        chain.strict() ? Texts.ATTACH_OR_FEDERATE.with() : Texts.LOG_IN_INSTEAD.with());
  }

  // Workload identity federation

  private CredentialSource<String> federated() throws BackendFailure {
    Optional<AwsWorkload> aws =
        source("environment_id").map(e -> new AwsWorkload(chain.context(), chain.exchange()));
    BackendFailure.Step<Expiring<String>> platform = platform(aws);
    return CredentialSource.of(
        named(),
        () -> {
          require("token_url", STS);
          if (get(IMPERSONATION).filter(url -> !url.matches(GOOGLES_IMPERSONATION)).isPresent()) {
            throw unfit(Texts.NOT_GOOGLES.with(IMPERSONATION));
          }
          return platform.run();
        },
        () -> {
          aws.ifPresent(AwsWorkload::close);
          chain.exchange().close();
        });
  }

  private BackendFailure.Step<Expiring<String>> platform(Optional<AwsWorkload> aws)
      throws BackendFailure {
    if (fields.keySet().stream().anyMatch(f -> f.startsWith("credential_source.executable."))) {
      throw Texts.PROGRAM.permanent(FailureCode.REFUSED, named());
    }
    if (aws.isPresent()) {
      requireAws();
      return () -> ofAws(aws.get());
    }
    Optional<String> url = source("url");
    if (url.isPresent()) {
      URI address = address(url.get());
      return () -> {
        IdentityToken token =
            AzureWorkload.isMetadataService(address) ? ofAzure(address) : ofAddress(address);
        return exchanged(token.text(), " (" + token.described() + ")");
      };
    }
    String none = Texts.NO_SOURCE.with();
    String path = source("file").orElseThrow(() -> unfit(none));
    return () -> ofFile(path);
  }

  /** Credentials and Region come from where AWS has them; a file that names others is refused. */
  private void requireAws() throws BackendFailure {
    require("credential_source.environment_id", "aws1");
    require("subject_token_type", "urn:ietf:params:aws:token-type:aws4_request");
    require("credential_source.regional_cred_verification_url", AWS_VERIFICATION);
    for (String name : List.of("region_url", "url", "imdsv2_session_token_url")) {
      if (source(name).filter(address -> !address.matches(AWS_INSTANCE)).isPresent()) {
        throw unfit(Texts.NOT_AT_METADATA_SERVICE.with(name));
      }
    }
  }

  /**
   * A signed GetCallerIdentity that Google's Security Token Service sends to AWS ("Configure
   * Workload Identity Federation with AWS or Azure VMs", "Obtain short-lived tokens for Workload
   * Identity Federation"), as Google's own clients write it.
   */
  private Expiring<String> ofAws(AwsWorkload aws) throws BackendFailure {
    Map<String, String> audience = Map.of("x-goog-cloud-target-resource", required("audience"));
    AwsWorkload.Identity identity = aws.identity();
    SignedRequest request = identity.sts().callerIdentity(identity.credentials(), audience);
    return exchanged(
        URLEncoder.encode(request.json(), StandardCharsets.UTF_8),
        Texts.WITH_IDENTITY.with(identity.named()));
  }

  /**
   * Where a platform hands out a token: over TLS, or on this machine or link. Nothing but a JSON
   * Web Token of what answers there goes on to Google.
   */
  private URI address(String url) throws BackendFailure {
    URI address = Answers.address(url).orElseThrow(() -> unfit(Texts.URL_NO_ADDRESS.with()));
    boolean tls = "https".equals(address.getScheme()) && address.getHost() != null;
    if (!tls && !Answers.isNear(address, "169\\.254(\\.[0-9]{1,3}){2}")) {
      throw unfit(Texts.URL_NOT_SECURE.with());
    }
    if (get("subject_token_type").filter(type -> type.endsWith(":saml2")).isPresent()) {
      throw unfit(Texts.SAML.with());
    }
    return address;
  }

  /** Of a managed identity: App Service and its siblings have it elsewhere than the file says. */
  private IdentityToken ofAzure(URI address) throws BackendFailure {
    return new AzureWorkload(chain.context().snapshot(), chain.exchange())
        .token(
            parameter(address, "resource").orElseThrow(() -> unfit(Texts.NO_RESOURCE.with())),
            parameter(address, "client_id"));
  }

  private static Optional<String> parameter(URI address, String name) {
    return Arrays.stream(String.valueOf(address.getRawQuery()).split("&", -1))
        .filter(part -> part.startsWith(name + "="))
        .map(part -> URLDecoder.decode(part.substring(name.length() + 1), StandardCharsets.UTF_8))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private IdentityToken ofAddress(URI address) throws BackendFailure {
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    try {
      fields.forEach(
          (name, value) -> {
            if (name.startsWith(HEADERS)) {
              request.header(name.substring(HEADERS.length()), value);
            }
          });
    } catch (IllegalArgumentException e) {
      throw unfit(Texts.HEADERS_NOT_SENDABLE.with());
    }
    String fix = Texts.LOOK_WHAT_ANSWERS.with();
    String host = address.getHost();
    Answered answered = Answers.of(chain.exchange(), request.build(), host, named(), fix);
    if (answered.status() != 200) {
      throw unavailable(Answers.told(host, answered, named()), fix);
    }
    return IdentityToken.parse(part(answered.text()))
        .orElseThrow(
            () ->
                Texts.NO_JSON_WEB_TOKEN.transientFailure(
                    FailureCode.UNAVAILABLE, host, named(), fix));
  }

  /** In a file that the platform writes, read anew each time: it is replaced. */
  private Expiring<String> ofFile(String path) throws BackendFailure {
    String token =
        Answers.file(chain.context().snapshot(), path)
            .map(this::part)
            .filter(text -> !text.isEmpty())
            .orElseThrow(
                () ->
                    Texts.NO_TOKEN_IN_FILE.transientFailure(
                        FailureCode.UNAVAILABLE, path, named()));
    return exchanged(token, "");
  }

  /** All of what a platform wrote, or the field of it that is the token. */
  private String part(String text) {
    return source("format.subject_token_field_name")
        .map(field -> Answers.fields(text).getOrDefault(field, ""))
        .orElse(text.strip());
  }

  /**
   * A token of Google's for what a platform says of the workload.
   *
   * @param described who is said to be whom, for messages: empty, or with a space before it
   */
  private Expiring<String> exchanged(String subject, String described) throws BackendFailure {
    Optional<String> account = get(IMPERSONATION);
    Expiring<String> federated =
        chain.ask(
            Answers.form(
                STS,
                EXCHANGE,
                required("audience"),
                required("subject_token_type"),
                // A token for impersonation alone needs the right to that, no scope of Cloud KMS.
                account.isPresent() ? "https://www.googleapis.com/auth/iam" : TokenChain.SCOPE,
                subject),
            named() + described,
            Texts.CHECK_POOL.with());
    return account.isEmpty()
        ? federated
        : chain.ask(
            Answers.post(
                    account.get(),
                    "application/json",
                    "{\"scope\":[\"" + TokenChain.SCOPE + "\"],\"lifetime\":\"3600s\"}")
                .header("Authorization", "Bearer " + federated.value())
                .build(),
            named(),
            Texts.GRANT_IMPERSONATION.with());
  }

  // What it says

  /**
   * The project that calls with these credentials are to count for ({@code quota_project_id}), if
   * it is one that a header can carry.
   */
  Optional<String> quotaProject() throws BackendFailure {
    Optional<String> project = get("quota_project_id");
    if (project.filter(id -> !id.matches("[a-z0-9][a-z0-9.:-]{0,62}")).isPresent()) {
      throw Texts.NO_QUOTA_PROJECT.permanent(FailureCode.MISCONFIGURED, told());
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
    return get(field).orElseThrow(() -> unfit(Texts.LACKS_FIELD.with(field)));
  }

  /** Takes one value alone, of Google's or AWS's own. */
  void require(String field, String value) throws BackendFailure {
    if (!get(field).orElse("").equals(value)) {
      throw unfit(Texts.FIELD_IS_NOT.with(field.replace("credential_source.", ""), value));
    }
  }

  /** Who names it. */
  String told() {
    return Texts.NAMES_FILE.with(namedBy, path);
  }

  /** As messages name it. */
  String named() {
    return Texts.CREDENTIALS_FILE.with(path);
  }

  /** What it says does not do for workload identity federation. */
  BackendFailure unfit(String observed) {
    return Texts.CREDENTIALS_UNFIT.permanent(FailureCode.MISCONFIGURED, named(), observed);
  }

  /** The path alone. */
  @Override
  public String toString() {
    return "CredentialsFile[" + path + "]";
  }
}

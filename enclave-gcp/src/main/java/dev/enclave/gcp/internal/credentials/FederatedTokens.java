package dev.enclave.gcp.internal.credentials;

import static dev.enclave.kit.Failures.refused;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.gcp.internal.credentials.TokenChain.CredentialsFile;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.workload.Answers;
import dev.enclave.kit.workload.AwsSts.SignedRequest;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Workload identity federation: what another platform says of the workload, as {@code
 * credential_source} of a credentials file says where it is, is exchanged (RFC 8693) for a token of
 * Google's, by itself or for a service account's. Thread-safe.
 */
record FederatedTokens(
    CredentialsFile file,
    EnvironmentSnapshot environment,
    TokenEndpoints endpoints,
    Optional<AwsWorkload> aws) {

  private static final String STS = "https://sts.googleapis.com/v1/token";
  private static final String IMPERSONATION = "service_account_impersonation_url";
  private static final String GOOGLES_IMPERSONATION =
      "https://iamcredentials\\.googleapis\\.com/v1/projects/-/serviceAccounts/"
          + "[A-Za-z0-9@._-]{1,200}:generateAccessToken";
  private static final String FIELD = "format.subject_token_field_name";
  private static final String HEADERS = "credential_source.headers.";

  private static final String AWS_TOKEN = "urn:ietf:params:aws:token-type:aws4_request";
  private static final String AWS_VERIFICATION =
      "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";
  private static final List<String> AWS_ADDRESSES =
      List.of("region_url", "url", "imdsv2_session_token_url");
  private static final String AWS_INSTANCE =
      "http://(169\\.254\\.169\\.254|\\[fd00:ec2::254])/latest/.*";

  /**
   * What a platform says of the workload.
   *
   * @param token to exchange; never shown
   * @param described who is said to be whom, for messages: empty, or with a space before it
   */
  private record Subject(String token, String described) {

    /** Nothing of it. */
    @Override
    public String toString() {
      return "Subject";
    }
  }

  /** Of the source that a file names, if Enclave uses it. */
  static CredentialSource<String> of(
      CredentialsFile file, BackendContext context, TokenEndpoints endpoints)
      throws BackendFailure {
    EnvironmentSnapshot environment = context.snapshot();
    boolean strict = context.environment().isStrict();
    FederatedTokens tokens =
        new FederatedTokens(
            file,
            environment,
            endpoints,
            file.source("environment_id")
                .map(
                    e ->
                        new AwsWorkload(
                            environment, endpoints.exchange(), endpoints.time(), strict)));
    BackendFailure.Step<Subject> platform = tokens.platform();
    return CredentialSource.of(file.named(), () -> tokens.fetch(platform), tokens::close);
  }

  private BackendFailure.Step<Subject> platform() throws BackendFailure {
    if (file.fields().keySet().stream()
        .anyMatch(f -> f.startsWith("credential_source.executable."))) {
      throw refused(
          "Of %s: its credential_source is a program to run, and what a program writes could be"
                  .formatted(file.named())
              + " anybody's. Enclave runs none.",
          "Use a source of --aws or --azure, or a file that the platform writes.");
    }
    if (aws.isPresent()) {
      requireAws();
      return this::ofAws;
    }
    Optional<String> url = file.source("url");
    if (url.isPresent()) {
      URI address = address(url.get());
      return () -> {
        IdentityToken token =
            AzureWorkload.isMetadataService(address) ? ofAzure(address) : ofAddress(address);
        return new Subject(token.text(), " (" + token.described() + ")");
      };
    }
    String path =
        file.source("file")
            .orElseThrow(
                () ->
                    file.unfit(
                        "its credential_source is no file, no address and not AWS, and Enclave"
                            + " uses no other"));
    return () -> ofFile(path);
  }

  /** Credentials and Region come from where AWS has them; a file that names others is refused. */
  private void requireAws() throws BackendFailure {
    file.require("credential_source.environment_id", "aws1");
    file.require("subject_token_type", AWS_TOKEN);
    file.require("credential_source.regional_cred_verification_url", AWS_VERIFICATION);
    for (String name : AWS_ADDRESSES) {
      if (file.source(name).filter(address -> !address.matches(AWS_INSTANCE)).isPresent()) {
        throw file.unfit("its " + name + " is not at the instance metadata service");
      }
    }
  }

  /**
   * A signed GetCallerIdentity that Google's Security Token Service sends to AWS ("Configure
   * Workload Identity Federation with AWS or Azure VMs", "Obtain short-lived tokens for Workload
   * Identity Federation"), as Google's own clients write it.
   */
  private Subject ofAws() throws BackendFailure {
    String audience = file.required("audience");
    AwsWorkload.Identity identity = aws.orElseThrow().identity();
    SignedRequest request =
        identity
            .sts()
            .callerIdentity(
                identity.credentials(), Map.of("x-goog-cloud-target-resource", audience));
    String header = "{\"key\":%s,\"value\":%s}";
    String headers =
        request.headers().entrySet().stream()
            .map(h -> header.formatted(quoted(h.getKey()), quoted(h.getValue())))
            .collect(Collectors.joining(","));
    String json =
        "{\"url\":%s,\"method\":\"POST\",\"headers\":[%s]}"
            .formatted(quoted(request.uri().toString()), headers);
    return new Subject(
        URLEncoder.encode(json, StandardCharsets.UTF_8), " with " + identity.named());
  }

  /** A string of JSON; a header has no control characters. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * Where a platform hands out a token: over TLS, or on this machine or link. Nothing but a JSON
   * Web Token of what answers there goes on to Google.
   */
  private URI address(String url) throws BackendFailure {
    URI address =
        Answers.address(url)
            .orElseThrow(() -> file.unfit("its credential_source.url is no address"));
    boolean tls = "https".equals(address.getScheme()) && address.getHost() != null;
    if (!tls && !Answers.isNear(address, "169\\.254(\\.[0-9]{1,3}){2}")) {
      throw file.unfit(
          "its credential_source.url is neither https nor an address of this machine or link, so"
              + " a token from there could be anybody's");
    }
    if (file.get("subject_token_type").filter(type -> type.endsWith(":saml2")).isPresent()) {
      throw file.unfit("its subject_token_type is SAML, and Enclave takes JSON Web Tokens");
    }
    return address;
  }

  /** Of a managed identity: App Service and its siblings have it elsewhere than the file says. */
  private IdentityToken ofAzure(URI address) throws BackendFailure {
    return new AzureWorkload(environment, endpoints.exchange())
        .token(
            parameter(address, "resource")
                .orElseThrow(() -> file.unfit("its credential_source.url names no resource")),
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
      file.fields()
          .forEach(
              (name, value) -> {
                if (name.startsWith(HEADERS)) {
                  request.header(name.substring(HEADERS.length()), value);
                }
              });
    } catch (IllegalArgumentException e) {
      throw file.unfit("its credential_source.headers have one that cannot be sent");
    }
    String fix = "Look at what answers there.";
    Answered answered =
        Answers.of(endpoints.exchange(), request.build(), address.getHost(), file.named(), fix);
    if (answered.status() != 200) {
      throw unavailable(Answers.told(address.getHost(), answered, file.named()), fix);
    }
    String wrong = "%s, which %s names, answered something else than a JSON Web Token.";
    return IdentityToken.parse(part(answered.text()))
        .orElseThrow(() -> unavailable(wrong.formatted(address.getHost(), file.named()), fix));
  }

  /** In a file that the platform writes, read anew each time: it is replaced. */
  private Subject ofFile(String path) throws BackendFailure {
    return environment
        .read(path)
        .map(this::part)
        .filter(token -> !token.isEmpty())
        .map(token -> new Subject(token, ""))
        .orElseThrow(
            () ->
                unavailable(
                    "There is no token in " + path + ", which " + file.named() + " names.",
                    "See that the platform writes it."));
  }

  /** All of what a platform wrote, or the field of it that is the token. */
  private String part(String text) {
    return file.source(FIELD)
        .map(field -> Answers.fields(text).getOrDefault(field, ""))
        .orElse(text.strip());
  }

  private Expiring<String> fetch(BackendFailure.Step<Subject> platform) throws BackendFailure {
    file.require("token_url", STS);
    Optional<String> account = file.get(IMPERSONATION);
    if (account.filter(url -> !url.matches(GOOGLES_IMPERSONATION)).isPresent()) {
      throw file.unfit("its " + IMPERSONATION + " is not Google's");
    }
    Subject subject = platform.run();
    Expiring<String> federated =
        endpoints.form(
            STS,
            file.named() + subject.described(),
            "Check the workload identity pool, its provider and its conditions.",
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "requested_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
            "audience",
            file.required("audience"),
            "subject_token_type",
            file.required("subject_token_type"),
            "scope",
            // A token for impersonation alone needs the right to that, no scope of Cloud KMS.
            account.isPresent() ? "https://www.googleapis.com/auth/iam" : TokenChain.SCOPE,
            "subject_token",
            subject.token());
    return account.isEmpty()
        ? federated
        : endpoints.ask(
            TokenEndpoints.post(
                    account.get(),
                    "application/json",
                    "{\"scope\":[\"" + TokenChain.SCOPE + "\"],\"lifetime\":\"3600s\"}")
                .header("Authorization", "Bearer " + federated.value()),
            file.named(),
            "Grant roles/iam.workloadIdentityUser on the service account to the workload.");
  }

  private void close() {
    aws.ifPresent(AwsWorkload::close);
    endpoints.exchange().close();
  }
}

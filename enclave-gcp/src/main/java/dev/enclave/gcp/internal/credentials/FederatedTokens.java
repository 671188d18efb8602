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

/**
 * Workload identity federation: what another platform says of the workload, as {@code
 * credential_source} of a credentials file says where it is, is exchanged (RFC 8693) for a token of
 * Google's, by itself or for a service account's. Thread-safe.
 */
record FederatedTokens(CredentialsFile file, TokenChain chain) {

  private static final String STS = "https://sts.googleapis.com/v1/token";
  private static final String EXCHANGE =
      "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3Atoken-exchange"
          + "&requested_token_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Atoken-type%%3Aaccess_token"
          + "&audience=%s&subject_token_type=%s&scope=%s&subject_token=%s";

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
  static CredentialSource<String> of(CredentialsFile file, TokenChain chain) throws BackendFailure {
    FederatedTokens tokens = new FederatedTokens(file, chain);
    Optional<AwsWorkload> aws =
        file.source("environment_id").map(e -> new AwsWorkload(chain.context(), chain.exchange()));
    BackendFailure.Step<Subject> platform = tokens.platform(aws);
    return CredentialSource.of(
        file.named(),
        () -> tokens.fetch(platform),
        () -> {
          aws.ifPresent(AwsWorkload::close);
          chain.exchange().close();
        });
  }

  private EnvironmentSnapshot environment() {
    return chain.context().snapshot();
  }

  private BackendFailure.Step<Subject> platform(Optional<AwsWorkload> aws) throws BackendFailure {
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
      return () -> ofAws(aws.get());
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
  private Subject ofAws(AwsWorkload aws) throws BackendFailure {
    String audience = file.required("audience");
    AwsWorkload.Identity identity = aws.identity();
    SignedRequest request =
        identity
            .sts()
            .callerIdentity(
                identity.credentials(), Map.of("x-goog-cloud-target-resource", audience));
    return new Subject(
        URLEncoder.encode(request.json(), StandardCharsets.UTF_8), " with " + identity.named());
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
    return new AzureWorkload(environment(), chain.exchange())
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
        Answers.of(chain.exchange(), request.build(), address.getHost(), file.named(), fix);
    if (answered.status() != 200) {
      throw unavailable(Answers.told(address.getHost(), answered, file.named()), fix);
    }
    String wrong = "%s, which %s names, answered something else than a JSON Web Token.";
    return IdentityToken.parse(part(answered.text()))
        .orElseThrow(() -> unavailable(wrong.formatted(address.getHost(), file.named()), fix));
  }

  /** In a file that the platform writes, read anew each time: it is replaced. */
  private Subject ofFile(String path) throws BackendFailure {
    return Answers.file(environment(), path)
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
        chain.ask(
            Answers.form(
                STS,
                EXCHANGE,
                file.required("audience"),
                file.required("subject_token_type"),
                // A token for impersonation alone needs the right to that, no scope of Cloud KMS.
                account.isPresent() ? "https://www.googleapis.com/auth/iam" : TokenChain.SCOPE,
                subject.token()),
            file.named() + subject.described(),
            "Check the workload identity pool, its provider and its conditions.");
    return account.isEmpty()
        ? federated
        : chain.ask(
            Answers.post(
                    account.get(),
                    "application/json",
                    "{\"scope\":[\"" + TokenChain.SCOPE + "\"],\"lifetime\":\"3600s\"}")
                .header("Authorization", "Bearer " + federated.value())
                .build(),
            file.named(),
            "Grant roles/iam.workloadIdentityUser on the service account to the workload.");
  }
}

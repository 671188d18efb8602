package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.kit.workload.JsonFields;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A token that the platform hands out at an address: of Azure's metadata service a managed
 * identity's, which App Service and its siblings have elsewhere; of others over TLS, or on this
 * machine or link. Nothing but a JSON Web Token of what answers there goes on to Google.
 */
final class UrlSubject implements SubjectTokens {

  private static final Duration WITHIN = Duration.ofSeconds(5);
  private static final String HEADERS = "credential_source.headers.";
  private static final Pattern NEAR =
      Pattern.compile("localhost|\\[::1]|127(\\.[0-9]{1,3}){3}|169\\.254(\\.[0-9]{1,3}){2}");

  private final CredentialsFile file;
  private final EnvironmentSnapshot environment;
  private final HttpExchange exchange;
  private final URI address;

  private UrlSubject(
      CredentialsFile file, EnvironmentSnapshot environment, HttpExchange exchange, URI address) {
    this.file = file;
    this.environment = environment;
    this.exchange = exchange;
    this.address = address;
  }

  static UrlSubject of(CredentialsFile file, EnvironmentSnapshot environment, HttpExchange exchange)
      throws BackendFailure {
    URI address;
    try {
      address = URI.create(file.get("credential_source.url").orElse(""));
    } catch (IllegalArgumentException e) {
      throw file.misconfigured("its credential_source.url is no address");
    }
    String host = String.valueOf(address.getHost());
    boolean near = "http".equals(address.getScheme()) && NEAR.matcher(host).matches();
    if (!near && !("https".equals(address.getScheme()) && address.getHost() != null)) {
      throw file.misconfigured(
          "its credential_source.url is neither https nor an address of this machine or link, so"
              + " a token from there could be anybody's");
    }
    if (file.get("subject_token_type").filter(type -> type.endsWith(":saml2")).isPresent()) {
      throw file.misconfigured("its subject_token_type is SAML, and Enclave takes JSON Web Tokens");
    }
    return new UrlSubject(file, environment, exchange, address);
  }

  @Override
  public Subject subject() throws BackendFailure {
    IdentityToken token =
        AzureWorkload.isMetadataService(address) ? ofManagedIdentity() : ofAddress();
    return new Subject(token.text(), " (" + token.described() + ")");
  }

  private IdentityToken ofManagedIdentity() throws BackendFailure {
    String resource =
        parameter("resource")
            .orElseThrow(() -> file.misconfigured("its credential_source.url names no resource"));
    return new AzureWorkload(environment, exchange).token(resource, parameter("client_id"));
  }

  private Optional<String> parameter(String name) {
    return Arrays.stream(String.valueOf(address.getRawQuery()).split("&", -1))
        .filter(part -> part.startsWith(name + "="))
        .map(part -> URLDecoder.decode(part.substring(name.length() + 1), StandardCharsets.UTF_8))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private IdentityToken ofAddress() throws BackendFailure {
    HttpAnswer answer = exchange.send(request(), WITHIN);
    if (answer instanceof HttpAnswer.Silent silent) {
      throw unavailable("gave no answer: " + silent.observed());
    }
    HttpAnswer.Answered answered = (HttpAnswer.Answered) answer;
    if (answered.status() != 200) {
      throw unavailable("answered HTTP " + answered.status());
    }
    Optional<String> field = file.get("credential_source.format.subject_token_field_name");
    String text =
        field.isEmpty()
            ? answered.text().strip()
            : JsonFields.of(answered.text()).getOrDefault(field.get(), "");
    return IdentityToken.parse(text)
        .orElseThrow(() -> unavailable("answered something else than a JSON Web Token"));
  }

  private HttpRequest request() throws BackendFailure {
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
      throw file.misconfigured("its credential_source.headers have one that cannot be sent");
    }
    return request.build();
  }

  private BackendFailure unavailable(String observed) {
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        address.getHost() + ", which " + file.named() + " names for tokens, " + observed + ".",
        "Look at what answers there.");
  }
}

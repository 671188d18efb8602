package dev.enclave.gcp.internal.credentials;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** A developer's own, by a refresh token (RFC 6749 §6). */
final class UserTokens implements TokenSource {

  private static final String URL = "https://oauth2.googleapis.com/token";

  private final CredentialsFile file;
  private final TokenExchange exchange;
  private final TimeSource time;

  UserTokens(CredentialsFile file, TokenExchange exchange, TimeSource time) {
    this.file = file;
    this.exchange = exchange;
    this.time = time;
  }

  @Override
  public AccessToken fetch() throws BackendFailure {
    String body =
        "grant_type=refresh_token&client_id="
            + field("client_id")
            + "&client_secret="
            + field("client_secret")
            + "&refresh_token="
            + field("refresh_token");
    TokenExchange.Answer answer =
        exchange.post(URL, Map.of("Content-Type", "application/x-www-form-urlencoded"), body);
    return TokenAnswers.token(answer, "oauth2.googleapis.com", named(), time, LOGIN);
  }

  private static final String LOGIN = "Run gcloud auth application-default login again.";

  private String field(String name) throws BackendFailure {
    Optional<String> value = file.get(name);
    if (value.isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED, named() + " lacks " + name + ". " + LOGIN);
    }
    return URLEncoder.encode(value.get(), StandardCharsets.UTF_8);
  }

  @Override
  public String named() {
    return "credentials file " + file.path();
  }
}

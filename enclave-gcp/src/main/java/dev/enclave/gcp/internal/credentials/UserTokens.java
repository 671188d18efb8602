package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A developer's own, by a refresh token (RFC 6749 §6). */
final class UserTokens implements CredentialSource<String> {

  private static final String URL = "https://oauth2.googleapis.com/token";

  private final CredentialsFile file;
  private final HttpExchange exchange;
  private final TimeSource time;

  UserTokens(CredentialsFile file, HttpExchange exchange, TimeSource time) {
    this.file = file;
    this.exchange = exchange;
    this.time = time;
  }

  @Override
  public Expiring<String> fetch() throws BackendFailure {
    String body =
        "grant_type=refresh_token&client_id="
            + field("client_id")
            + "&client_secret="
            + field("client_secret")
            + "&refresh_token="
            + field("refresh_token");
    HttpRequest request = TokenAnswers.post(URL, "application/x-www-form-urlencoded", body).build();
    return TokenAnswers.token(exchange, request, named(), time, LOGIN);
  }

  private static final String LOGIN = "Run gcloud auth application-default login again.";

  private String field(String name) throws BackendFailure {
    Optional<String> value = file.get(name);
    if (value.isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED, named() + " lacks " + name + ".", LOGIN);
    }
    return URLEncoder.encode(value.get(), StandardCharsets.UTF_8);
  }

  @Override
  public String named() {
    return "credentials file " + file.path();
  }

  @Override
  public void close() {
    exchange.close();
  }
}

package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.gcp.internal.credentials.SubjectTokens.Subject;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.TimeSource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Workload identity federation: what another platform says of the workload ({@link SubjectTokens})
 * is exchanged (RFC 8693) for a token of Google's, by itself or for a service account's.
 */
final class FederatedTokens implements CredentialSource<String> {

  private static final String STS = "https://sts.googleapis.com/v1/token";

  private static final Pattern IMPERSONATION =
      Pattern.compile(
          "https://iamcredentials\\.googleapis\\.com/v1/projects/-/serviceAccounts/"
              + "[A-Za-z0-9@._-]{1,200}:generateAccessToken");

  private static final String FIX =
      "Check the workload identity pool, its provider and its conditions.";

  private final CredentialsFile file;
  private final SubjectTokens subjects;
  private final HttpExchange exchange;
  private final TimeSource time;

  FederatedTokens(
      CredentialsFile file, SubjectTokens subjects, HttpExchange exchange, TimeSource time) {
    this.file = file;
    this.subjects = subjects;
    this.exchange = exchange;
    this.time = time;
  }

  @Override
  public Expiring<String> fetch() throws BackendFailure {
    requireGoogle();
    Optional<String> account = file.get("service_account_impersonation_url");
    Subject subject = subjects.subject();
    Expiring<String> federated =
        TokenAnswers.token(
            exchange,
            TokenAnswers.post(
                    STS,
                    "application/x-www-form-urlencoded",
                    form(account.isPresent(), subject.token()))
                .build(),
            named() + subject.described(),
            time,
            FIX);
    if (account.isEmpty()) {
      return federated;
    }
    return TokenAnswers.token(
        exchange,
        TokenAnswers.post(
                account.get(),
                "application/json",
                "{\"scope\":[\"" + TokenChain.SCOPE + "\"],\"lifetime\":\"3600s\"}")
            .header("Authorization", "Bearer " + federated.value())
            .build(),
        named(),
        time,
        "Grant roles/iam.workloadIdentityUser on the service account to the workload.");
  }

  private void requireGoogle() throws BackendFailure {
    if (file.get("token_url").filter(STS::equals).isEmpty()) {
      throw misconfigured("its token_url is not " + STS);
    }
    if (file.get("service_account_impersonation_url")
        .filter(url -> !IMPERSONATION.matcher(url).matches())
        .isPresent()) {
      throw misconfigured("its service_account_impersonation_url is not Google's");
    }
  }

  /** A token for impersonation alone needs the right to that, which is no scope of Cloud KMS. */
  private String form(boolean impersonating, String subject) throws BackendFailure {
    return "grant_type="
        + encoded("urn:ietf:params:oauth:grant-type:token-exchange")
        + "&requested_token_type="
        + encoded("urn:ietf:params:oauth:token-type:access_token")
        + "&audience="
        + encoded(field("audience"))
        + "&subject_token_type="
        + encoded(field("subject_token_type"))
        + "&scope="
        + encoded(impersonating ? "https://www.googleapis.com/auth/iam" : TokenChain.SCOPE)
        + "&subject_token="
        + encoded(subject);
  }

  private String field(String name) throws BackendFailure {
    return file.get(name).orElseThrow(() -> misconfigured("it lacks " + name));
  }

  private BackendFailure misconfigured(String observed) {
    return file.misconfigured(observed);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public String named() {
    return file.named();
  }

  @Override
  public void close() {
    subjects.close();
    exchange.close();
  }
}

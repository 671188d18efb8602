package dev.enclave.azure.internal.credentials;

import static dev.enclave.kit.Failures.unavailable;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpClient;
import dev.enclave.azure.internal.http.SdkHttp;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.spi.BackendFailure;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that azure-identity gets: each by a credential of its own, since azure-identity's cache
 * would give out again what the vault has taken back.
 *
 * @param audience what tokens are for
 * @param fix what to look at if it refuses
 * @param allowed who may be asked
 * @param end ends what proofs come from
 */
record LibraryTokens(
    String named,
    String audience,
    String fix,
    HttpExchange network,
    Predicate<URI> allowed,
    Making making,
    Runnable end)
    implements CredentialSource<String> {

  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** Makes azure-identity's own, which asks by this client. */
  @FunctionalInterface
  interface Making {
    TokenCredential by(HttpClient http) throws BackendFailure;
  }

  /**
   * Without "continuous access evaluation": who announces it is given tokens for a day, which a
   * vault may take back by a claims challenge, and azure-identity passes no claims on for the
   * identities that are used here.
   */
  @Override
  public Expiring<String> fetch() throws BackendFailure {
    Asking http = new Asking();
    TokenCredential credential = making.by(http);
    try {
      AccessToken token =
          credential.getTokenSync(
              new TokenRequestContext().addScopes(audience + "/.default").setCaeEnabled(false));
      return new Expiring<>(token.getToken(), Optional.of(token.getExpiresAt().toInstant()));
    } catch (RuntimeException e) {
      HttpAnswer refusal = http.refusal;
      throw refusal == null
          ? unavailable("There is no token: azure-identity got none from " + named + ".", fix)
          : refused(AzureWorkload.noToken(named, refusal, fix), refusal);
    }
  }

  private static BackendFailure refused(BackendFailure failure, HttpAnswer answer) {
    return answer instanceof Silent silent && silent.obstacle() == Obstacle.CERTIFICATE
        ? failure.advising(
            "If that certificate is the server's own, name it in"
                + " enclave.azure-keyvault.trusted-certificate; else find out who answers there.")
        : failure;
  }

  @Override
  public void close() {
    end.run();
  }

  /** Who it is. */
  @Override
  public String toString() {
    return "LibraryTokens[" + named + "]";
  }

  /**
   * A refusal ends it at once: otherwise the libraries would repeat the request by clocks of their
   * own, and write the answer, which may quote the request, into their logs.
   */
  private final class Asking extends SdkHttp {

    private volatile @Nullable HttpAnswer refusal;

    @Override
    protected HttpAnswer exchange(URI target, HttpRequest.Builder request) {
      return allowed.test(target)
          ? network.send(request.build(), LONGEST)
          : new Silent(
              Kind.NOT_SENT,
              "azure-identity would ask somebody else for a token than this environment names");
    }

    @Override
    protected void met(HttpAnswer answer) {
      if (!(answer instanceof Answered answered && answered.status() == 200)) {
        refusal = answer;
        throw new IllegalStateException("no token");
      }
    }
  }
}

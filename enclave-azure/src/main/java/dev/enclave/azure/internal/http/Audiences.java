package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.util.AuthenticateChallenge;
import com.azure.core.util.CoreUtils;
import dev.enclave.internal.Quoted;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What tokens may be for at one host. Thread-safe.
 *
 * <p>A challenge that names anything else does not reach the SDK: the SDK keeps the last challenge
 * of a host and port for all clients of the process until the process ends, and asks no more.
 */
public final class Audiences {

  private static final int UNAUTHORIZED = 401;
  private static final String DEFAULT_SCOPE = "/.default";

  private final Set<String> scopes;

  /**
   * Of one host.
   *
   * @param audiences the resources, such as {@code https://vault.azure.net}
   */
  public Audiences(Set<String> audiences) {
    scopes =
        audiences.stream()
            .map(audience -> audience + DEFAULT_SCOPE)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Refuses a scope that no token is to be for. */
  public void require(String scope) throws BackendFailure {
    if (!scopes.contains(scope)) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "What answers at enclave.azure-keyvault.vault-url wants a token for "
              + Quoted.of(scope)
              + ", and a host of this name gets one for "
              + String.join(" or ", scopes.stream().sorted().toList())
              + " alone, so it got none.",
          "See what answers there: a proxy, or a server that"
              + " imitates another kind of vault or another cloud's.");
    }
  }

  /** Refuses an answer that asks for a token for anything else. */
  void requireOf(Answer answer) throws BackendFailure {
    @Nullable String header = answer.headers().getValue(HttpHeaderName.WWW_AUTHENTICATE);
    if (answer.status() != UNAUTHORIZED || header == null) {
      return;
    }
    for (AuthenticateChallenge challenge : CoreUtils.parseAuthenticateHeader(header)) {
      Map<String, String> parameters = challenge.getParameters();
      @Nullable String resource = parameters.get("resource");
      @Nullable String scope =
          resource == null ? parameters.get("scope") : resource + DEFAULT_SCOPE;
      if (challenge.getScheme().equalsIgnoreCase("Bearer") && scope != null) {
        require(scope);
      }
    }
  }
}

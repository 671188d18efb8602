package dev.enclave.azure.internal.calls;

import com.azure.core.http.HttpClient;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.HttpLogDetailLevel;
import com.azure.core.http.policy.HttpLogOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.KeyClientBuilder;
import com.azure.security.keyvault.keys.KeyServiceVersion;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClientBuilder;
import com.azure.security.keyvault.keys.cryptography.CryptographyServiceVersion;
import dev.enclave.azure.internal.credentials.AzureTokens;
import dev.enclave.azure.internal.credentials.IdentityChoice;
import dev.enclave.azure.internal.http.KeyVaultHttp;
import dev.enclave.azure.internal.http.Wire;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An authenticated way to one vault. Thread-safe; everything that it uses is its own and ends when
 * it is closed. The SDK's clients have everything said that they would otherwise look for
 * themselves.
 */
public final class AzureSession implements AutoCloseable {

  /** So many versions in use at once keep the SDK's client for them; others get a new one. */
  private static final int MOST_CLIENTS = 2_000;

  private final AzureEndpoint endpoint;
  private final Wire wire;
  private final KeyVaultHttp http;
  private final AzureTokens tokens;
  private final KeyClient keys;
  private final Map<String, CryptographyClient> clients =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CryptographyClient> eldest) {
          return size() > MOST_CLIENTS;
        }
      };

  public AzureSession(AzureEndpoint endpoint, Wire wire, KeyVaultHttp http, AzureTokens tokens) {
    this.endpoint = endpoint;
    this.wire = wire;
    this.http = http;
    this.tokens = tokens;
    KeyClientBuilder builder =
        new KeyClientBuilder()
            .vaultUrl(endpoint.origin().toString())
            .credential(tokens)
            .httpClient((HttpClient) http)
            .configuration(IdentityChoice.NOTHING)
            .serviceVersion(KeyServiceVersion.V7_6)
            .retryOptions(noRetries())
            .httpLogOptions(silent());
    if (!endpoint.verifiesChallenge()) {
      builder.disableChallengeResourceVerification();
    }
    keys = builder.buildClient();
  }

  /** For keys. */
  public KeyClient keys() {
    return keys;
  }

  /**
   * For what one version does. Without the SDK's cache of keys: with it, the SDK would read the key
   * and compute in this process what it can.
   */
  public CryptographyClient cryptography(String kid) {
    synchronized (clients) {
      return clients.computeIfAbsent(kid, this::built);
    }
  }

  private CryptographyClient built(String kid) {
    CryptographyClientBuilder builder =
        new CryptographyClientBuilder()
            .keyIdentifier(kid)
            .credential(tokens)
            .httpClient((HttpClient) http)
            .configuration(IdentityChoice.NOTHING)
            .serviceVersion(CryptographyServiceVersion.V7_6)
            .retryOptions(noRetries())
            .httpLogOptions(silent())
            .disableKeyCaching();
    if (!endpoint.verifiesChallenge()) {
      builder.disableChallengeResourceVerification();
    }
    return builder.buildClient();
  }

  private static RetryOptions noRetries() {
    return new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1)));
  }

  private static HttpLogOptions silent() {
    return new HttpLogOptions().setLogLevel(HttpLogDetailLevel.NONE);
  }

  public KeyVaultHttp http() {
    return http;
  }

  public AzureTokens tokens() {
    return tokens;
  }

  public AzureEndpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    tokens.close();
    wire.close();
  }

  /** The place alone. */
  @Override
  public String toString() {
    return "AzureSession[" + endpoint.origin().authority() + "]";
  }
}

package dev.enclave.azure.internal;

import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.util.Configuration;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.KeyClientBuilder;
import com.azure.security.keyvault.keys.KeyServiceVersion;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClientBuilder;
import com.azure.security.keyvault.keys.cryptography.CryptographyServiceVersion;
import dev.enclave.azure.internal.credentials.AzureTokens;
import dev.enclave.azure.internal.http.KeyVaultHttp;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.http.SlowStart;
import dev.enclave.kit.key.BoundedMap;
import java.util.Map;

/**
 * An authenticated way to one vault. Thread-safe; everything that it uses is its own and ends when
 * it is closed. The SDK's clients have a pipeline without policies: they repeat nothing, log
 * nothing and answer no challenge.
 */
public final class AzureSession implements AutoCloseable {

  /** So many versions in use at once keep the SDK's client for them; others get a new one. */
  private static final int MOST_CLIENTS = 2_000;

  private final AzureEndpoint endpoint;
  private final AzureTokens tokens;
  private final Runnable end;
  private final KeyVaultHttp http;
  private final HttpPipeline pipeline;
  private final KeyClient keys;
  private final Map<String, CryptographyClient> clients = BoundedMap.of(MOST_CLIENTS);

  /**
   * To one vault.
   *
   * @param connections how many requests may be under way at once
   * @param end ends what {@code network} holds
   */
  public AzureSession(
      AzureEndpoint endpoint,
      HttpExchange network,
      int connections,
      AzureTokens tokens,
      Runnable end) {
    this.endpoint = endpoint;
    this.tokens = tokens;
    this.end = end;
    http =
        new KeyVaultHttp(
            new SlowStart(network, connections), endpoint.origin().authority(), tokens);
    pipeline = new HttpPipelineBuilder().httpClient(http).build();
    keys =
        new KeyClientBuilder()
            .vaultUrl(endpoint.origin().toString())
            .pipeline(pipeline)
            .configuration(Configuration.NONE)
            .serviceVersion(KeyServiceVersion.V7_6)
            .buildClient();
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
    return clients.computeIfAbsent(
        kid,
        version ->
            new CryptographyClientBuilder()
                .keyIdentifier(version)
                .pipeline(pipeline)
                .configuration(Configuration.NONE)
                .serviceVersion(CryptographyServiceVersion.V7_6)
                .disableKeyCaching()
                .buildClient());
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
    end.run();
  }

  /** The place alone. */
  @Override
  public String toString() {
    return "AzureSession[" + endpoint.origin().authority() + "]";
  }
}

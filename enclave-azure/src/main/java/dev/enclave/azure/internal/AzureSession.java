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
 *
 * @param keys for keys
 * @param clients for what single versions do
 * @param end ends what requests are sent by
 */
public record AzureSession(
    AzureEndpoint endpoint,
    AzureTokens tokens,
    KeyVaultHttp http,
    HttpPipeline pipeline,
    KeyClient keys,
    Map<String, CryptographyClient> clients,
    Runnable end)
    implements AutoCloseable {

  /** So many versions in use at once keep the SDK's client for them; others get a new one. */
  private static final int MOST_CLIENTS = 2_000;

  /**
   * To one vault.
   *
   * @param connections how many requests may be under way at once
   * @param end ends what {@code network} holds
   */
  public static AzureSession of(
      AzureEndpoint endpoint,
      HttpExchange network,
      int connections,
      AzureTokens tokens,
      Runnable end) {
    KeyVaultHttp http =
        new KeyVaultHttp(new SlowStart(network, connections), endpoint.origin(), tokens);
    HttpPipeline pipeline = new HttpPipelineBuilder().httpClient(http).build();
    KeyClient keys =
        new KeyClientBuilder()
            .vaultUrl(endpoint.origin().toString())
            .pipeline(pipeline)
            .configuration(Configuration.NONE)
            .serviceVersion(KeyServiceVersion.V7_6)
            .buildClient();
    return new AzureSession(
        endpoint, tokens, http, pipeline, keys, BoundedMap.of(MOST_CLIENTS), end);
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

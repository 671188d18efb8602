package dev.enclave.emulators.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.util.UrlBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.KeyClientBuilder;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClientBuilder;
import dev.enclave.emulators.AzureKeyVaultServer;
import java.net.MalformedURLException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The Azure SDK's own clients and credentials, which know nothing of this server. */
final class AzureClients {

  private static final RetryOptions ONCE =
      new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1)));

  private AzureClients() {}

  static KeyClient keys(AzureKeyVaultServer server) {
    return keys(server, managedIdentity(server));
  }

  static KeyClient keys(AzureKeyVaultServer server, TokenCredential credential) {
    return new KeyClientBuilder()
        .vaultUrl(server.vaultUrl().toString())
        .credential(credential)
        .httpClient(httpClient(server))
        .retryOptions(ONCE)
        .disableChallengeResourceVerification()
        .buildClient();
  }

  /** Computes nothing by itself. */
  static CryptographyClient cryptography(AzureKeyVaultServer server, String keyId) {
    return new CryptographyClientBuilder()
        .keyIdentifier(keyId)
        .credential(managedIdentity(server))
        .httpClient(httpClient(server))
        .retryOptions(ONCE)
        .disableChallengeResourceVerification()
        .disableKeyCaching()
        .buildClient();
  }

  /**
   * Asks the instance metadata service at its fixed address, as without any variables; a policy
   * takes the request to the server.
   */
  static TokenCredential managedIdentity(AzureKeyVaultServer server) {
    return managedIdentity(server, server.clientId());
  }

  /** As a user-assigned identity. */
  static TokenCredential managedIdentity(AzureKeyVaultServer server, String clientId) {
    HttpPipelinePolicy redirected =
        (context, next) -> {
          UrlBuilder url = UrlBuilder.parse(context.getHttpRequest().getUrl());
          if ("169.254.169.254".equals(url.getHost())) {
            url.setHost(server.metadataEndpoint().getHost());
            url.setPort(server.metadataEndpoint().getPort());
            try {
              context.getHttpRequest().setUrl(url.toUrl());
            } catch (MalformedURLException e) {
              throw new IllegalStateException(e);
            }
          }
          return next.process();
        };
    return new ManagedIdentityCredentialBuilder()
        .clientId(clientId)
        .pipeline(
            new HttpPipelineBuilder().policies(redirected).httpClient(httpClient(server)).build())
        .build();
  }

  /** Without discovery, which would ask Microsoft's own host whether this one is known. */
  static TokenCredential workloadIdentity(
      AzureKeyVaultServer server, String clientId, Path tokenFile) {
    return new WorkloadIdentityCredentialBuilder()
        .tenantId(server.tenant())
        .clientId(clientId)
        .tokenFilePath(tokenFile.toString())
        .authorityHost(server.authorityHost().toString())
        .disableInstanceDiscovery()
        .httpClient(httpClient(server))
        .build();
  }

  static HttpClient httpClient(AzureKeyVaultServer server) {
    return new JdkHttpClientBuilder(
            java.net.http.HttpClient.newBuilder()
                .version(java.net.http.HttpClient.Version.HTTP_1_1)
                .sslContext(trusting(server)))
        .responseTimeout(Duration.ofSeconds(60))
        .build();
  }

  static SSLContext trusting(AzureKeyVaultServer server) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(UUID.randomUUID().toString(), server.certificate());
      TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

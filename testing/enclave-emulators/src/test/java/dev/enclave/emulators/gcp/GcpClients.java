package dev.enclave.emulators.gcp;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.rpc.FixedHeaderProvider;
import com.google.api.gax.rpc.StatusCode;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.KeyManagementServiceSettings;
import dev.enclave.emulators.GcpKmsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** Google's own client, which knows nothing of this server. */
final class GcpClients {

  private GcpClients() {}

  static KeyManagementServiceClient kms(GcpKmsServer server) {
    return kms(server, server.accessToken());
  }

  /** Its credentials would not send a token over plaintext; a header does. */
  static KeyManagementServiceClient kms(GcpKmsServer server, String token) {
    return client(
        KeyManagementServiceSettings.newBuilder()
            .setTransportChannelProvider(
                KeyManagementServiceSettings.defaultGrpcTransportProviderBuilder()
                    .setEndpoint(server.target())
                    .setChannelConfigurator(channel -> channel.usePlaintext())
                    .build())
            .setCredentialsProvider(NoCredentialsProvider.create())
            .setHeaderProvider(FixedHeaderProvider.create("authorization", "Bearer " + token)));
  }

  static KeyManagementServiceClient client(KeyManagementServiceSettings.Builder settings) {
    try {
      settings.applyToAllUnaryMethods(
          method -> {
            method.setRetryableCodes(Set.<StatusCode.Code>of());
            return null;
          });
      return KeyManagementServiceClient.create(settings.build());
    } catch (Exception e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}

package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CreateImportJobRequest;
import com.google.cloud.kms.v1.CreateKeyRingRequest;
import com.google.cloud.kms.v1.ImportJob;
import com.google.cloud.kms.v1.ImportJob.ImportMethod;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc.KeyManagementServiceBlockingStub;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.setup.Origin;
import dev.enclave.testkit.MutableClock;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** Sessions with servers of tests, whose tokens count nowhere else. */
public final class Sessions {

  private static final String RING = "contract";

  private Sessions() {}

  /** With our own server, where the key ring is made first. */
  public static String makeKeyRing(GcpKmsServer server) {
    return asOperator(
        server,
        server.locationName(),
        console ->
            console
                .createKeyRing(
                    CreateKeyRingRequest.newBuilder()
                        .setParent(server.locationName())
                        .setKeyRingId(RING)
                        .build())
                .getName());
  }

  /** One that no backend asks for, by which the server makes a wrapping key. */
  static String makeImportJob(GcpKmsServer server, String id) {
    return asOperator(
        server,
        keyRing(server),
        console ->
            console
                .createImportJob(
                    CreateImportJobRequest.newBuilder()
                        .setParent(keyRing(server))
                        .setImportJobId(id)
                        .setImportJob(
                            ImportJob.newBuilder()
                                .setImportMethod(ImportMethod.RSA_OAEP_4096_SHA256_AES_256)
                                .setProtectionLevel(ProtectionLevel.HSM))
                        .build())
                .getName());
  }

  /** Without a deadline. */
  private static String asOperator(
      GcpKmsServer server,
      String parent,
      Function<KeyManagementServiceBlockingStub, String> request) {
    try (GcpConnections connections = connections(server)) {
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Bearer " + server.accessToken());
      headers.put(
          Metadata.Key.of("x-goog-request-params", Metadata.ASCII_STRING_MARSHALLER),
          "parent=" + parent);
      return request.apply(
          KeyManagementServiceGrpc.newBlockingStub(connections.reserve().channel())
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)));
    }
  }

  private static String keyRing(GcpKmsServer server) {
    return server.locationName() + "/keyRings/" + RING;
  }

  public static GcpSession with(GcpKmsServer server, ClientInterceptor... watching) {
    return new GcpSession(
        connections(server, watching),
        "http://" + server.target(),
        tokens(server),
        Optional.empty(),
        keyRing(server),
        true);
  }

  public static GcpConnections connections(GcpKmsServer server, ClientInterceptor... watching) {
    return GcpConnections.to(
        new GcpSettings.Endpoint(
            Origin.parse("http://" + server.target()).orElseThrow(), false, Optional.empty()),
        8,
        watching);
  }

  /** Of no use to the next request, which fetches another: the server's clock moves. */
  private static RefreshingValue<String> tokens(GcpKmsServer server) {
    MutableClock clock = new MutableClock();
    return new RefreshingValue<>(
        "An access token of the test's server",
        () ->
            new Expiring<>(
                server.accessToken(), Optional.of(clock.now().plus(Duration.ofSeconds(1)))),
        Duration.ofMinutes(4),
        clock,
        Runnable::run);
  }
}

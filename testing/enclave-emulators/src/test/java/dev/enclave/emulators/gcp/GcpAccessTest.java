package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_ED25519;
import static dev.enclave.emulators.gcp.GcpRefusals.assertRefused;
import static dev.enclave.emulators.gcp.GcpRefusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode.Code;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.GetKeyRingRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc.KeyManagementServiceBlockingStub;
import com.google.cloud.kms.v1.KeyManagementServiceSettings;
import com.google.cloud.kms.v1.KeyRing;
import com.google.cloud.kms.v1.LocationMetadata;
import com.google.cloud.location.GetLocationRequest;
import com.google.cloud.location.ListLocationsRequest;
import com.google.iam.v1.TestIamPermissionsRequest;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.ManualClock;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GcpAccessTest {

  private static final String USE_TO_SIGN = "cloudkms.cryptoKeyVersions.useToSign";

  private final ManualClock clock = new ManualClock();
  private final GcpKmsServer server = GcpKmsServer.builder().clock(clock).tls().start();
  private final KeyManagementServiceClient kms = overTls(server.accessToken());
  private final String ring = GcpKeys.ring(kms, server).getName();

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  /** With Google's own credentials, which send tokens over TLS alone. */
  private KeyManagementServiceClient overTls(String token) {
    byte[] pem = server.certificatePem().getBytes(StandardCharsets.US_ASCII);
    AccessToken access =
        new AccessToken(token, Date.from(clock.instant().plus(Duration.ofDays(1))));
    return GcpClients.client(
        KeyManagementServiceSettings.newBuilder()
            .setTransportChannelProvider(
                KeyManagementServiceSettings.defaultGrpcTransportProviderBuilder()
                    .setEndpoint(server.target())
                    .setChannelConfigurator(channel -> trusting(channel, pem))
                    .build())
            .setCredentialsProvider(
                FixedCredentialsProvider.create(GoogleCredentials.create(access))));
  }

  private static ManagedChannelBuilder<?> trusting(ManagedChannelBuilder<?> channel, byte[] pem) {
    try {
      return ((NettyChannelBuilder) channel)
          .sslContext(
              GrpcSslContexts.forClient().trustManager(new ByteArrayInputStream(pem)).build());
    } catch (SSLException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void googlesCredentialsAreTaken_overTls() {
    assertThat(kms.getKeyRing(ring).getName()).isEqualTo(ring);
    assertThat(server.journal().of("GetKeyRing"))
        .allMatch(entry -> entry.principal().equals(java.util.Optional.of(server.serviceAccount())))
        .allMatch(entry -> entry.keyId().equals(java.util.Optional.of(ring)));
  }

  @Test
  void whoShowsNoTokenIsToldSo() {
    try (GcpKmsServer plain = GcpKmsServer.builder().start()) {
      Metadata routed = metadata("x-goog-request-params", "parent=" + plain.locationName());
      assertThatThrownBy(() -> call(plain, routed))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              error -> {
                assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                assertThat(info(error).getReason()).isEqualTo("CREDENTIALS_MISSING");
                assertThat(info(error).getMetadataOrThrow("service"))
                    .isEqualTo("cloudkms.googleapis.com");
              });
    }
  }

  @Test
  void anUnknownOrExpiredTokenIsRefused() {
    try (KeyManagementServiceClient stranger = overTls("ya29.c.unknown")) {
      ApiException unknown = refusal(() -> stranger.getKeyRing(ring));
      assertThat(unknown.getStatusCode().getCode()).isEqualTo(Code.UNAUTHENTICATED);
      assertThat(unknown.getReason()).isEqualTo("ACCESS_TOKEN_TYPE_UNSUPPORTED");
    }
    clock.advance(Duration.ofHours(1));

    assertThat(refusal(() -> kms.getKeyRing(ring)).getReason()).isEqualTo("ACCESS_TOKEN_EXPIRED");
  }

  @Test
  void whatIsDeniedIsRefused_withThePermissionsName() {
    CryptoKey key = kms.createCryptoKey(ring, "key", GcpKeys.signing(EC_SIGN_ED25519).build());
    String version = GcpKeys.version(key, 1);
    server.deny(Denial.of(USE_TO_SIGN));

    ApiException refused = refusal(() -> sign(kms, version));

    assertThat(refused.getStatusCode().getCode()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(refused.getReason()).isEqualTo("IAM_PERMISSION_DENIED");
    assertThat(refused.getMetadata()).containsEntry("permission", USE_TO_SIGN);
    assertThat(refused).hasMessageContaining("(or it may not exist)");
    assertThat(kms.getPublicKey(version).getName()).isEqualTo(version);
    server.clearDenials();
    assertThat(sign(kms, version).size()).isEqualTo(64);
  }

  @Test
  void whatIsDeniedToOneAccountIsAllowedToAnother() {
    CryptoKey key = kms.createCryptoKey(ring, "key", GcpKeys.signing(EC_SIGN_ED25519).build());
    server.deny(new Denial("serviceAccount:auditor@*", "cloudkms.*.useTo*", key.getName() + "*"));

    try (KeyManagementServiceClient auditor =
        overTls(server.accessToken("auditor@emulated.iam.gserviceaccount.com"))) {
      assertRefused(() -> sign(auditor, GcpKeys.version(key, 1)), Code.PERMISSION_DENIED);
      assertThat(auditor.getCryptoKey(key.getName()).getName()).isEqualTo(key.getName());
    }
    assertThat(sign(kms, GcpKeys.version(key, 1)).size()).isEqualTo(64);
  }

  @Test
  void permissionsCanBeTested() {
    CryptoKey key = kms.createCryptoKey(ring, "key", GcpKeys.signing(EC_SIGN_ED25519).build());
    String view = "cloudkms.cryptoKeyVersions.viewPublicKey";
    server.deny(Denial.of(USE_TO_SIGN));

    assertThat(allowed(key.getName(), USE_TO_SIGN, view)).containsExactly(view);
    assertThat(allowed(key.getName() + "x", view)).isEmpty();
    assertRefused(() -> allowed(key.getName(), "cloudkms.*"), Code.INVALID_ARGUMENT);
    assertRefused(() -> allowed("projects/emulated", view), Code.INVALID_ARGUMENT);
  }

  private List<String> allowed(String resource, String... permissions) {
    return kms.testIamPermissions(
            TestIamPermissionsRequest.newBuilder()
                .setResource(resource)
                .addAllPermissions(List.of(permissions))
                .build())
        .getPermissionsList();
  }

  @Test
  void anotherProjectIsNotToBeSeen() {
    assertRefused(
        () -> kms.getKeyRing(ring.replace("emulated", "another")), Code.PERMISSION_DENIED);
  }

  @Test
  void locationsAreToldAndChecked() throws Exception {
    assertThat(
            kms.listLocations(
                    ListLocationsRequest.newBuilder().setName("projects/emulated").build())
                .iterateAll())
        .extracting(com.google.cloud.location.Location::getLocationId)
        .containsExactly("europe-west1", "global");
    assertThat(
            kms.getLocation(GetLocationRequest.newBuilder().setName(server.locationName()).build())
                .getMetadata()
                .unpack(LocationMetadata.class)
                .getHsmAvailable())
        .isTrue();
    assertRefused(
        () ->
            kms.createKeyRing(
                "projects/emulated/locations/mars", "ring", KeyRing.getDefaultInstance()),
        Code.INVALID_ARGUMENT);
  }

  @Test
  void aCallMustSayWhereItGoes() {
    try (GcpKmsServer plain = GcpKmsServer.builder().start()) {
      Metadata unrouted = metadata("authorization", "Bearer " + plain.accessToken());
      assertThatThrownBy(() -> call(plain, unrouted))
          .hasMessageContaining("INVALID_ARGUMENT")
          .hasMessageContaining("x-goog-request-params");
      unrouted.merge(metadata("x-goog-request-params", "name=" + plain.locationName()));
      assertThatThrownBy(() -> call(plain, unrouted)).hasMessageContaining("NOT_FOUND");
    }
  }

  private static void call(GcpKmsServer plain, Metadata metadata) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(plain.target(), InsecureChannelCredentials.create()).build();
    try {
      KeyManagementServiceBlockingStub stub =
          KeyManagementServiceGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
      stub.getKeyRing(
          GetKeyRingRequest.newBuilder().setName(plain.locationName() + "/keyRings/ring").build());
    } finally {
      channel.shutdownNow();
    }
  }

  private static Metadata metadata(String name, String value) {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    return metadata;
  }

  private static ErrorInfo info(StatusRuntimeException error) {
    try {
      return Objects.requireNonNull(io.grpc.protobuf.StatusProto.fromThrowable(error))
          .getDetails(0)
          .unpack(ErrorInfo.class);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static ByteString sign(KeyManagementServiceClient client, String version) {
    return client
        .asymmetricSign(
            AsymmetricSignRequest.newBuilder()
                .setName(version)
                .setData(ByteString.copyFromUtf8("x"))
                .build())
        .getSignature();
  }
}

package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256;
import static dev.enclave.emulators.gcp.GcpKeys.version;
import static dev.enclave.emulators.gcp.GcpRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.DeleteCryptoKeyMetadata;
import com.google.cloud.kms.v1.DeleteCryptoKeyRequest;
import com.google.cloud.kms.v1.DeleteCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ListRetiredResourcesRequest;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.cloud.kms.v1.RetiredResource;
import com.google.longrunning.Operation;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GcpDeletionTest {

  private static final Duration DESTRUCTION = Duration.ofDays(30);

  private final ManualClock clock = new ManualClock();
  private final GcpKmsServer server =
      GcpKmsServer.builder().clock(clock).tokenLifetime(Duration.ofDays(365)).start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);
  private final String ring = GcpKeys.ring(kms, server).getName();

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void aKeyWithoutVersionsIsGoneAtOnce_andItsNameStaysTaken() throws Exception {
    CryptoKey key = empty("record");

    Operation deleted = delete(key.getName());

    assertThat(deleted.getDone()).isTrue();
    assertThat(deleted.getMetadata().unpack(DeleteCryptoKeyMetadata.class).getRetiredResource())
        .isNotEmpty();

    assertRefused(() -> kms.getCryptoKey(key.getName()), Code.NOT_FOUND);
    assertThat(kms.listCryptoKeys(ring).iterateAll()).isEmpty();
    assertRefused(() -> empty("record"), Code.ALREADY_EXISTS);
    assertRefused(() -> delete(key.getName()), Code.NOT_FOUND);
    assertThat(
            kms.listRetiredResources(
                    ListRetiredResourcesRequest.newBuilder()
                        .setParent(server.locationName())
                        .build())
                .iterateAll())
        .extracting(RetiredResource::getOriginalResource)
        .containsExactly(key.getName());
  }

  @Test
  void onlyDestroyedVersionsAreDeleted_andKeysOnlyWithoutVersions() {
    CryptoKey key = kms.createCryptoKey(ring, "key", GcpKeys.signing(EC_SIGN_P256_SHA256).build());
    String first = version(key, 1);
    assertRefused(() -> deleteVersion(first), Code.FAILED_PRECONDITION, "cannot");
    kms.destroyCryptoKeyVersion(first);
    assertRefused(() -> deleteVersion(first), Code.FAILED_PRECONDITION, "DESTROY_SCHEDULED");
    clock.advance(DESTRUCTION);
    assertRefused(() -> delete(key.getName()), Code.FAILED_PRECONDITION, "Versions");

    deleteVersion(first);
    assertThat(kms.listCryptoKeyVersions(key.getName()).iterateAll()).isEmpty();
    delete(key.getName());
    assertRefused(() -> kms.getCryptoKey(key.getName()), Code.NOT_FOUND);
  }

  private Operation delete(String name) {
    return kms.deleteCryptoKeyCallable()
        .call(DeleteCryptoKeyRequest.newBuilder().setName(name).build());
  }

  private Operation deleteVersion(String name) {
    return kms.deleteCryptoKeyVersionCallable()
        .call(DeleteCryptoKeyVersionRequest.newBuilder().setName(name).build());
  }

  private CryptoKey empty(String id) {
    return kms.createCryptoKey(
        CreateCryptoKeyRequest.newBuilder()
            .setParent(ring)
            .setCryptoKeyId(id)
            .setCryptoKey(GcpKeys.encrypting(ProtectionLevel.HSM).setImportOnly(true))
            .setSkipInitialVersionCreation(true)
            .build());
  }
}

package dev.enclave.emulators.gcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.KeyRing;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import dev.enclave.emulators.GcpKmsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GcpSigningTest {

  private final GcpKmsServer server = GcpKmsServer.builder().start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void signs() {
    KeyRing ring = kms.createKeyRing(server.locationName(), "ring", KeyRing.getDefaultInstance());
    CryptoKey key =
        kms.createCryptoKey(
            ring.getName(),
            "key",
            CryptoKey.newBuilder()
                .setPurpose(CryptoKeyPurpose.ASYMMETRIC_SIGN)
                .setVersionTemplate(
                    CryptoKeyVersionTemplate.newBuilder()
                        .setProtectionLevel(ProtectionLevel.HSM)
                        .setAlgorithm(CryptoKeyVersionAlgorithm.EC_SIGN_ED25519))
                .build());
    AsymmetricSignResponse signed =
        kms.asymmetricSign(
            AsymmetricSignRequest.newBuilder()
                .setName(key.getName() + "/cryptoKeyVersions/1")
                .setData(ByteString.copyFromUtf8("x"))
                .build());
    assertThat(signed.getSignature().size()).isEqualTo(64);
    assertThat(server.journal().of("AsymmetricSign")).hasSize(1);
  }
}

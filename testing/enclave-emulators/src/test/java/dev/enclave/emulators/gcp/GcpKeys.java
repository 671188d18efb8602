package dev.enclave.emulators.gcp;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.KeyRing;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import dev.enclave.emulators.GcpKmsServer;
import java.util.zip.CRC32C;

/** Keys for tests. */
final class GcpKeys {

  private GcpKeys() {}

  static KeyRing ring(KeyManagementServiceClient kms, GcpKmsServer server) {
    return kms.createKeyRing(server.locationName(), "ring", KeyRing.getDefaultInstance());
  }

  /** In an HSM, where HSMs have the algorithm. */
  static CryptoKey.Builder signing(CryptoKeyVersionAlgorithm algorithm) {
    return of(
        CryptoKeyPurpose.ASYMMETRIC_SIGN,
        algorithm,
        algorithm == CryptoKeyVersionAlgorithm.EC_SIGN_ED25519
            ? ProtectionLevel.SOFTWARE
            : ProtectionLevel.HSM);
  }

  static CryptoKey.Builder encrypting(ProtectionLevel level) {
    return of(
        CryptoKeyPurpose.ENCRYPT_DECRYPT,
        CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION,
        level);
  }

  static CryptoKey.Builder of(
      CryptoKeyPurpose purpose, CryptoKeyVersionAlgorithm algorithm, ProtectionLevel level) {
    return CryptoKey.newBuilder()
        .setPurpose(purpose)
        .setVersionTemplate(
            CryptoKeyVersionTemplate.newBuilder()
                .setAlgorithm(algorithm)
                .setProtectionLevel(level));
  }

  static String version(CryptoKey key, int number) {
    return key.getName() + "/cryptoKeyVersions/" + number;
  }

  static Int64Value crc32c(ByteString data) {
    CRC32C crc = new CRC32C();
    crc.update(data.toByteArray());
    return Int64Value.of(crc.getValue());
  }
}

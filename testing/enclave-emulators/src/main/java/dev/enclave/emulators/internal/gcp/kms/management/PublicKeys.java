package dev.enclave.emulators.internal.gcp.kms.management;

import com.google.cloud.kms.v1.ChecksummedData;
import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.cloud.kms.v1.PublicKey;
import com.google.cloud.kms.v1.PublicKey.PublicKeyFormat;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.Crc32c;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import dev.enclave.emulators.internal.x509.Pem;

/** service.proto, GetPublicKey. */
public final class PublicKeys {

  private final Shared shared;

  public PublicKeys(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE, "GetPublicKey", GetPublicKeyRequest.getDefaultInstance(), this::get);
  }

  private Message get(Call call, GetPublicKeyRequest request) {
    Version version =
        shared.version(call, request.getName(), "cloudkms.cryptoKeyVersions.viewPublicKey");
    if (!version.algorithm().asymmetric()) {
      throw GcpFailure.precondition(
          "KEY_PURPOSE",
          version.name(),
          version.name()
              + " has no public key; its purpose is "
              + version.algorithm().purpose()
              + ".");
    }
    byte[] encoded = ((SigningMaterial) version.usable(call.now())).publicKey();
    PublicKey.Builder answer =
        PublicKey.newBuilder()
            .setName(version.name())
            .setAlgorithm(version.algorithm().wire())
            .setProtectionLevel(version.level());
    PublicKeyFormat format = request.getPublicKeyFormat();
    switch (format) {
      case PUBLIC_KEY_FORMAT_UNSPECIFIED -> {
        ByteString pem = ByteString.copyFromUtf8(Pem.publicKey(encoded));
        answer.setPemBytes(pem).setPemCrc32C(Crc32c.of(pem));
      }
      case PEM ->
          answer
              .setPublicKeyFormat(format)
              .setPublicKey(checked(ByteString.copyFromUtf8(Pem.publicKey(encoded))));
      case DER ->
          answer.setPublicKeyFormat(format).setPublicKey(checked(ByteString.copyFrom(encoded)));
      default ->
          throw GcpFailure.invalid(
              "The public_key_format " + format + " is only supported for other algorithms.");
    }
    return answer.build();
  }

  private static ChecksummedData checked(ByteString data) {
    return ChecksummedData.newBuilder().setData(data).setCrc32CChecksum(Crc32c.of(data)).build();
  }
}

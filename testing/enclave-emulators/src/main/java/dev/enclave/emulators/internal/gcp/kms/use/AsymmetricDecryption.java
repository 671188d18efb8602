package dev.enclave.emulators.internal.gcp.kms.use;

import com.google.cloud.kms.v1.AsymmetricDecryptRequest;
import com.google.cloud.kms.v1.AsymmetricDecryptResponse;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.Crc32c;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;

/** service.proto, AsymmetricDecrypt: RSAES-OAEP with the algorithm's digest and an empty label. */
public final class AsymmetricDecryption {

  private final Shared shared;

  public AsymmetricDecryption(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "AsymmetricDecrypt",
        AsymmetricDecryptRequest.getDefaultInstance(),
        this::decrypt);
  }

  private Message decrypt(Call call, AsymmetricDecryptRequest request) {
    Version version =
        shared.version(call, request.getName(), "cloudkms.cryptoKeyVersions.useToDecrypt");
    Shared.requirePurpose(version, CryptoKeyPurpose.ASYMMETRIC_DECRYPT);
    boolean verified =
        Crc32c.verify(
            "ciphertext",
            request.getCiphertext(),
            request.hasCiphertextCrc32C(),
            request.getCiphertextCrc32C());
    ByteString plaintext =
        ((RsaMaterial) version.usable(call.now()))
            .decrypt(version.algorithm().hash(), request.getCiphertext().toByteArray())
            .map(ByteString::copyFrom)
            .orElseThrow(() -> GcpFailure.invalid("Decryption failed: the ciphertext is invalid."));
    return AsymmetricDecryptResponse.newBuilder()
        .setPlaintext(plaintext)
        .setPlaintextCrc32C(Crc32c.of(plaintext))
        .setVerifiedCiphertextCrc32C(verified)
        .setProtectionLevel(version.level())
        .build();
  }
}

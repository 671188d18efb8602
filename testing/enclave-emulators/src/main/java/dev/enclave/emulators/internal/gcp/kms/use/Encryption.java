package dev.enclave.emulators.internal.gcp.kms.use;

import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.DecryptRequest;
import com.google.cloud.kms.v1.DecryptResponse;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.EncryptResponse;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.Crc32c;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Ciphertext;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.Optional;

/** service.proto, Encrypt and Decrypt. */
public final class Encryption {

  private static final int MOST_IN_SOFTWARE = 64 * 1024;
  private static final int MOST_IN_HSM = 8 * 1024;

  private final Shared shared;

  public Encryption(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(Shared.SERVICE, "Encrypt", EncryptRequest.getDefaultInstance(), this::encrypt);
    operations.put(Shared.SERVICE, "Decrypt", DecryptRequest.getDefaultInstance(), this::decrypt);
  }

  private Message encrypt(Call call, EncryptRequest request) {
    Version version = encrypting(call, request.getName());
    call.about(version.name());
    Shared.requirePurpose(version, CryptoKeyPurpose.ENCRYPT_DECRYPT);
    boolean plaintext =
        Crc32c.verify(
            "plaintext",
            request.getPlaintext(),
            request.hasPlaintextCrc32C(),
            request.getPlaintextCrc32C());
    boolean associated =
        Crc32c.verify(
            "additional_authenticated_data",
            request.getAdditionalAuthenticatedData(),
            request.hasAdditionalAuthenticatedDataCrc32C(),
            request.getAdditionalAuthenticatedDataCrc32C());
    checkSizes(version.level(), request.getPlaintext(), request.getAdditionalAuthenticatedData());
    ByteString ciphertext =
        Ciphertext.seal(
            version,
            (SecretMaterial) version.usable(call.now()),
            request.getPlaintext(),
            request.getAdditionalAuthenticatedData(),
            shared.random());
    return EncryptResponse.newBuilder()
        .setName(version.name())
        .setCiphertext(ciphertext)
        .setCiphertextCrc32C(Crc32c.of(ciphertext))
        .setVerifiedPlaintextCrc32C(plaintext)
        .setVerifiedAdditionalAuthenticatedDataCrc32C(associated)
        .setProtectionLevel(version.level())
        .build();
  }

  /**
   * service.proto, EncryptRequest.name: "If a CryptoKey is specified, the server will use its
   * primary version."
   */
  private Version encrypting(Call call, String name) {
    String permission = "cloudkms.cryptoKeyVersions.useToEncrypt";
    if (Kind.CRYPTO_KEY_VERSION.matches(name)) {
      return shared.version(call, name, permission);
    }
    Key key = shared.key(call, "name", name, permission);
    if (key.settings().getPurpose() != CryptoKeyPurpose.ENCRYPT_DECRYPT) {
      throw GcpFailure.precondition(
          "KEY_PURPOSE",
          key.name(),
          key.name() + " cannot encrypt; its purpose is " + key.settings().getPurpose() + ".");
    }
    return key.primaryForEncryption(call.now(), shared.settings().lag())
        .orElseThrow(
            () ->
                GcpFailure.precondition(
                    "NO_PRIMARY_VERSION", key.name(), key.name() + " has no primary version."));
  }

  /** service.proto, EncryptRequest: the sizes of both fields. */
  private static void checkSizes(ProtectionLevel level, ByteString plaintext, ByteString data) {
    if (plaintext.size() > MOST_IN_SOFTWARE) {
      throw GcpFailure.invalid("The plaintext field must be no larger than 64KiB.");
    }
    if (data.size() > MOST_IN_SOFTWARE) {
      throw GcpFailure.invalid(
          "The additional_authenticated_data field must be no larger than 64KiB.");
    }
    if (level == ProtectionLevel.HSM && plaintext.size() + data.size() > MOST_IN_HSM) {
      throw GcpFailure.invalid(
          "The combined length of the plaintext and additional_authenticated_data fields must be"
              + " no larger than 8KiB for HSM keys.");
    }
  }

  /** service.proto, DecryptRequest.name: "The server will choose the appropriate version." */
  private Message decrypt(Call call, DecryptRequest request) {
    Key key =
        shared.key(call, "name", request.getName(), "cloudkms.cryptoKeyVersions.useToDecrypt");
    Crc32c.verify(
        "ciphertext",
        request.getCiphertext(),
        request.hasCiphertextCrc32C(),
        request.getCiphertextCrc32C());
    Crc32c.verify(
        "additional_authenticated_data",
        request.getAdditionalAuthenticatedData(),
        request.hasAdditionalAuthenticatedDataCrc32C(),
        request.getAdditionalAuthenticatedDataCrc32C());
    Version version =
        Ciphertext.versionOf(request.getCiphertext())
            .flatMap(number -> Optional.ofNullable(key.versions().get(number)))
            .orElseThrow(Encryption::undecryptable);
    call.about(version.name());
    Shared.requirePurpose(version, CryptoKeyPurpose.ENCRYPT_DECRYPT);
    ByteString plaintext =
        Ciphertext.open(
                version,
                (SecretMaterial) version.usable(call.now()),
                request.getCiphertext(),
                request.getAdditionalAuthenticatedData())
            .orElseThrow(Encryption::undecryptable);
    return DecryptResponse.newBuilder()
        .setPlaintext(plaintext)
        .setPlaintextCrc32C(Crc32c.of(plaintext))
        .setUsedPrimary(key.primary().filter(version::equals).isPresent())
        .setProtectionLevel(version.level())
        .build();
  }

  private static GcpFailure undecryptable() {
    return GcpFailure.invalid(
        "Decryption failed: verify that 'name' refers to the correct CryptoKey, and that"
            + " 'ciphertext' and 'additional_authenticated_data' are correct.");
  }
}

package dev.enclave.emulators.internal.gcp.kms.transfer;

import com.google.cloud.kms.v1.ExportTrustedKeyWrappedCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ExportTrustedKeyWrappedCryptoKeyVersionResponse;
import com.google.cloud.kms.v1.ImportTrustedKeyWrappedCryptoKeyVersionRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.Crc32c;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Algorithm;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.KeySettings;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.Optional;

/**
 * service.proto, ExportTrustedKeyWrappedCryptoKeyVersion and
 * ImportTrustedKeyWrappedCryptoKeyVersion: a key of a single-tenant HSM leaves it wrapped by a key
 * that the HSM trusts (AES key wrap with padding, RFC 5649), and comes into one that trusts the
 * same key. The names of the permissions are made up, since no page tells them, and so are the
 * texts of refusals.
 */
public final class TrustedWrapping {

  private final Shared shared;

  public TrustedWrapping(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "ExportTrustedKeyWrappedCryptoKeyVersion",
        ExportTrustedKeyWrappedCryptoKeyVersionRequest.getDefaultInstance(),
        this::export);
    operations.put(
        Shared.SERVICE,
        "ImportTrustedKeyWrappedCryptoKeyVersion",
        ImportTrustedKeyWrappedCryptoKeyVersionRequest.getDefaultInstance(),
        this::importVersion);
  }

  private Message export(Call call, ExportTrustedKeyWrappedCryptoKeyVersionRequest request) {
    Version version =
        shared.version(
            call, request.getName(), "cloudkms.cryptoKeyVersions.exportTrustedKeyWrapped");
    SecretMaterial wrapping =
        trusted(call, Kind.CRYPTO_KEY_VERSION.check("wrapping_key", request.getWrappingKey()));
    shared.settings().singleTenantHsms().requirePortable(keyOf(version));
    if (!version.wrappable()) {
      throw GcpFailure.precondition(
          "TRUSTED_WRAPPING",
          version.name(),
          version.name() + " was not made with trusted_wrapping_enabled.");
    }
    ByteString wrapped =
        ByteString.copyFrom(wrapping.wrapPadded(privateKey(version.usable(call.now()))));
    return ExportTrustedKeyWrappedCryptoKeyVersionResponse.newBuilder()
        .setWrappedKey(wrapped)
        .setWrappedKeyCrc32C(Crc32c.of(wrapped))
        .build();
  }

  private Key keyOf(Version version) {
    return shared.resources().keyOf(version.name()).orElseThrow();
  }

  private static byte[] privateKey(Material material) {
    if (material instanceof SigningMaterial pair) {
      return pair.privateKey();
    }
    throw GcpFailure.of(Code.UNIMPLEMENTED, "Symmetric keys are not exported here.");
  }

  /** The key of a version that its HSM trusts. */
  private SecretMaterial trusted(Call call, String name) {
    Version version = shared.version(call, name, "cloudkms.cryptoKeyVersions.useToWrap");
    if (version.algorithm() != Algorithm.AES_256_KWP || !version.trusted()) {
      throw GcpFailure.precondition(
          "HSM_TRUSTED", name, name + " is no trusted key for AES_256_KWP.");
    }
    shared.settings().singleTenantHsms().requirePortable(keyOf(version));
    return (SecretMaterial) version.usable(call.now());
  }

  private Message importVersion(Call call, ImportTrustedKeyWrappedCryptoKeyVersionRequest request) {
    Key key = shared.key(call, "parent", request.getParent(), "cloudkms.cryptoKeyVersions.create");
    SecretMaterial wrapping =
        trusted(call, Kind.CRYPTO_KEY_VERSION.check("importing_key", request.getImportingKey()));
    if (!request.getCryptoKeyVersion().isEmpty()) {
      throw GcpFailure.of(Code.UNIMPLEMENTED, "Importing a version again is not served here.");
    }
    shared.settings().singleTenantHsms().requirePortable(key);
    Algorithm algorithm =
        KeySettings.algorithm(
            request.getAlgorithm(),
            key.settings().getPurpose(),
            key.template().getProtectionLevel());
    Optional<Material> material =
        wrapping
            .unwrapPadded(request.getWrappedKey().toByteArray())
            .flatMap(formatted -> algorithm.imported(formatted, shared.random()));
    if (material.isEmpty()) {
      throw GcpFailure.invalid("The wrapped key could not be unwrapped, or is of another kind.");
    }
    Version version = shared.versionFactory().addEmpty(key, algorithm, call.now());
    call.about(version.name());
    version.allowTrustedWrapping();
    version.importedByTrustedKey(
        material.get(), call.now().plus(shared.settings().generationTime()));
    return version.describe(call.now(), true);
  }
}

package dev.enclave.emulators.internal.gcp.kms.use;

import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.Digest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.Crc32c;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Algorithm;
import dev.enclave.emulators.internal.gcp.kms.model.Signatures;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;

/** service.proto, AsymmetricSign. */
public final class Signing {

  // "Quotas", Cryptographic requests; "Create and validate signatures": data of at most 64 KiB.
  private static final int MOST_DATA = 64 * 1024;

  private final Shared shared;

  public Signing(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE, "AsymmetricSign", AsymmetricSignRequest.getDefaultInstance(), this::sign);
  }

  private Message sign(Call call, AsymmetricSignRequest request) {
    Version version =
        shared.version(call, request.getName(), "cloudkms.cryptoKeyVersions.useToSign");
    Shared.requirePurpose(version, CryptoKeyPurpose.ASYMMETRIC_SIGN);
    boolean digested =
        Crc32c.verify(
            "digest",
            digestBytes(request.getDigest()),
            request.hasDigestCrc32C(),
            request.getDigestCrc32C());
    boolean checked =
        Crc32c.verify("data", request.getData(), request.hasDataCrc32C(), request.getDataCrc32C());
    byte[] input = input(version.algorithm(), request);
    ByteString signature =
        ByteString.copyFrom(
            Signatures.sign(
                version.algorithm(), version.usable(call.now()), input, shared.random()));
    return AsymmetricSignResponse.newBuilder()
        .setName(version.name())
        .setSignature(signature)
        .setSignatureCrc32C(Crc32c.of(signature))
        .setVerifiedDigestCrc32C(digested)
        .setVerifiedDataCrc32C(checked)
        .setProtectionLevel(version.level())
        .build();
  }

  /**
   * What goes into the signature: a digest, or all of the data for Ed25519, which signs "in pure
   * mode (taking data as input)" (resources.proto, EC_SIGN_ED25519).
   */
  public static byte[] input(Algorithm algorithm, AsymmetricSignRequest request) {
    boolean pure = algorithm.family() == Algorithm.Family.EDWARDS;
    if (request.hasDigest()) {
      if (!request.getData().isEmpty()) {
        throw GcpFailure.invalid("The digest field may not be supplied if data is supplied.");
      }
      if (pure) {
        throw GcpFailure.invalid(algorithm + " signs data, not a digest.");
      }
      return digest(algorithm.hash(), request.getDigest());
    }
    ByteString data = request.getData();
    if (data.size() > MOST_DATA) {
      throw GcpFailure.invalid("The data field must be no larger than 64KiB.");
    }
    if (data.isEmpty() && !pure) {
      throw GcpFailure.invalid("Either the digest field or the data field must be supplied.");
    }
    return pure ? data.toByteArray() : algorithm.hash().of(data.toByteArray());
  }

  /** service.proto, AsymmetricSignRequest.digest: "produced with the same digest algorithm". */
  private static byte[] digest(Hash hash, Digest digest) {
    boolean right =
        switch (digest.getDigestCase()) {
          case SHA256 -> hash == Hash.SHA_256;
          case SHA384 -> hash == Hash.SHA_384;
          case SHA512 -> hash == Hash.SHA_512;
          default -> false;
        };
    ByteString bytes = digestBytes(digest);
    if (!right || bytes.size() != hash.length()) {
      throw GcpFailure.invalid(
          "The digest field must hold a " + hash.length() + "-byte digest of the key's algorithm.");
    }
    return bytes.toByteArray();
  }

  private static ByteString digestBytes(Digest digest) {
    return switch (digest.getDigestCase()) {
      case SHA256 -> digest.getSha256();
      case SHA384 -> digest.getSha384();
      case SHA512 -> digest.getSha512();
      case EXTERNAL_MU -> digest.getExternalMu();
      default -> ByteString.EMPTY;
    };
  }
}

package dev.enclave.gcp.internal.use;

import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.protobuf.ByteString;
import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.gcp.internal.calls.Checksums;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpLevels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import java.util.Optional;

/** Signs: one request, by the version's own name, checked both ways. */
public final class GcpSigner implements KeySigner {

  private final GcpCalls calls;
  private final GcpLevels levels;

  public GcpSigner(GcpCalls calls, GcpLevels levels) {
    this.calls = calls;
    this.levels = levels;
  }

  @Override
  public RawSignature sign(KeyVersionRef ref, SigningInput input, CallContext call)
      throws BackendFailure {
    GcpScheme scheme = GcpScheme.of(ref.algorithm());
    if (ref.algorithm().purpose() != KeyPurpose.SIGN) {
      throw GcpRefusals.COMMON.cannot(ref.algorithm(), "sign");
    }
    if (!scheme.support().takes(input)) {
      throw GcpRefusals.COMMON.notTaken(scheme.support());
    }
    levels.requireUsable(ref, KeyState::mayProduce);
    GcpCalls.Answer<AsymmetricSignResponse> answer =
        calls.answer(
            GcpOperation.SIGN, ref.providerUri(), request(ref, scheme, (Digest) input), call);
    AsymmetricSignResponse signed = answer.value();
    requireUndamaged(signed);
    KeyVersionId signedBy = signedBy(ref, signed);
    levels.require(ref.providerUri(), signed.getProtectionLevel());
    return RawSignature.of(
            Bytes.of(signed.getSignature().toByteArray()),
            ref.algorithm().defaultEncoding(),
            signedBy)
        .withProviderRequestId(Optional.of(answer.requestId()));
  }

  private static AsymmetricSignRequest request(KeyVersionRef ref, GcpScheme scheme, Digest digest) {
    ByteString value = ByteString.copyFrom(digest.value().toByteArray());
    return AsymmetricSignRequest.newBuilder()
        .setName(ref.providerUri())
        .setDigest(field(scheme.digest(), value))
        .setDigestCrc32C(Checksums.of(value))
        .build();
  }

  private static com.google.cloud.kms.v1.Digest field(DigestAlgorithm algorithm, ByteString value) {
    com.google.cloud.kms.v1.Digest.Builder field = com.google.cloud.kms.v1.Digest.newBuilder();
    return switch (algorithm) {
      case SHA_384 -> field.setSha384(value).build();
      case SHA_512 -> field.setSha512(value).build();
      case SHA_256, KECCAK_256 -> field.setSha256(value).build();
    };
  }

  private static void requireUndamaged(AsymmetricSignResponse signed) throws BackendFailure {
    Checksums.requireVerified("the digest", signed.getVerifiedDigestCrc32C());
    Checksums.require(
        "the signature",
        signed.getSignature(),
        signed.hasSignatureCrc32C(),
        signed.getSignatureCrc32C());
  }

  /** The version KMS says it used, not the one it was asked for. */
  private static KeyVersionId signedBy(KeyVersionRef ref, AsymmetricSignResponse signed)
      throws BackendFailure {
    String name = signed.getName();
    if (name.equals(ref.providerUri())) {
      return ref.version();
    }
    return GcpNames.idOfVersion(name)
        .filter(id -> GcpNames.keyOf(name).equals(GcpNames.keyOf(ref.providerUri())))
        .orElseThrow(() -> GcpRefusals.wrongAnswer("it did not say that the key asked for signed"));
  }
}

package dev.enclave.gcp.internal.use;

import com.google.cloud.kms.v1.AsymmetricDecryptRequest;
import com.google.cloud.kms.v1.AsymmetricDecryptResponse;
import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.DecryptRequest;
import com.google.cloud.kms.v1.DecryptResponse;
import com.google.cloud.kms.v1.Digest;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.EncryptResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.gcp.internal.calls.Checksums;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpLevels;
import dev.enclave.gcp.internal.keys.GcpPublicKeys;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.kit.key.RemoteUse;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.RawSignature;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Signs by the version's own name, and encrypts and decrypts data keys; all is checked both ways.
 * By a symmetric key: what is authenticated with data keys names key, version and stamp, so that
 * Decrypt, which chooses the version itself, opens nothing that another one wrapped. By an RSA key:
 * RSAES-OAEP (RFC 8017 §7.1) with the public key here, since Cloud KMS does not encrypt by it, and
 * opened in Cloud KMS; OAEP authenticates nothing besides.
 */
public final class GcpUse extends RemoteUse {

  /** The longest ciphertext that Decrypt takes is a little more than the longest plaintext. */
  private static final int LONGEST_CIPHERTEXT = 64 * 1024;

  private final GcpCalls calls;
  private final GcpPublicKeys publicKeys;
  private final GcpLevels levels;
  private final SecureRandom random;

  public GcpUse(GcpCalls calls, GcpPublicKeys publicKeys, GcpLevels levels, SecureRandom random) {
    super(GcpRefusals.COMMON, 1, LONGEST_CIPHERTEXT);
    this.calls = calls;
    this.publicKeys = publicKeys;
    this.levels = levels;
    this.random = random;
  }

  @Override
  protected AlgorithmSupport support(KeyAlgorithm algorithm) throws BackendFailure {
    return GcpScheme.of(algorithm).support();
  }

  @Override
  protected void requireUsable(KeyVersionRef ref, Predicate<KeyState> allowed)
      throws BackendFailure {
    levels.requireUsable(ref, allowed);
  }

  @Override
  protected RawSignature sign(KeyVersionRef ref, byte[] input, boolean digest, CallContext call)
      throws BackendFailure {
    ByteString value = ByteString.copyFrom(input);
    AsymmetricSignRequest request =
        AsymmetricSignRequest.newBuilder()
            .setName(ref.providerUri())
            .setDigest(field(GcpScheme.of(ref.algorithm()).digest(), value))
            .setDigestCrc32C(Checksums.of(value))
            .build();
    GcpCalls.Answer<AsymmetricSignResponse> answer =
        calls.answer(GcpOperation.SIGN, ref.providerUri(), request, call);
    AsymmetricSignResponse signed = answer.value();
    Checksums.requireVerified("the digest", signed.getVerifiedDigestCrc32C());
    ByteString signature = signed.getSignature();
    Checksums.require(
        "the signature", signature, signed.hasSignatureCrc32C(), signed.getSignatureCrc32C());
    KeyVersionId signedBy = signedBy(ref, signed.getName());
    levels.require(ref.providerUri(), signed.getProtectionLevel());
    return RawSignature.of(
            Bytes.of(signature.toByteArray()), ref.algorithm().defaultEncoding(), signedBy)
        .withProviderRequestId(Optional.of(answer.requestId()));
  }

  private static Digest field(DigestAlgorithm algorithm, ByteString value) {
    Digest.Builder field = Digest.newBuilder();
    return switch (algorithm) {
      case SHA_384 -> field.setSha384(value).build();
      case SHA_512 -> field.setSha512(value).build();
      case SHA_256, KECCAK_256 -> field.setSha256(value).build();
    };
  }

  /** The version KMS says it used, not the one it was asked for. */
  private static KeyVersionId signedBy(KeyVersionRef ref, String name) throws BackendFailure {
    if (name.equals(ref.providerUri())) {
      return ref.version();
    }
    return GcpNames.idOfVersion(name)
        .filter(id -> GcpNames.keyOf(name).equals(GcpNames.keyOf(ref.providerUri())))
        .orElseThrow(() -> GcpRefusals.wrongAnswer("it did not say that the key asked for signed"));
  }

  @Override
  protected Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call)
      throws BackendFailure {
    if (!aes(kek)) {
      return encryptHere(publicKeys.of(kek.providerUri(), kek.algorithm(), call), secret, random);
    }
    // Not a copy that nobody could overwrite.
    ByteString plaintext = UnsafeByteOperations.unsafeWrap(secret);
    ByteString aad = associated(kek);
    EncryptRequest request =
        EncryptRequest.newBuilder()
            .setName(kek.providerUri())
            .setPlaintext(plaintext)
            .setPlaintextCrc32C(Checksums.of(plaintext))
            .setAdditionalAuthenticatedData(aad)
            .setAdditionalAuthenticatedDataCrc32C(Checksums.of(aad))
            .build();
    EncryptResponse answer = calls.send(GcpOperation.ENCRYPT, kek.providerUri(), request, call);
    if (!answer.getName().equals(kek.providerUri())) {
      throw GcpRefusals.wrongAnswer("another version than the one asked for was used");
    }
    Checksums.requireVerified("the data key", answer.getVerifiedPlaintextCrc32C());
    Checksums.requireVerified(
        "the associated data", answer.getVerifiedAdditionalAuthenticatedDataCrc32C());
    ByteString ciphertext = answer.getCiphertext();
    Checksums.require(
        "the ciphertext", ciphertext, answer.hasCiphertextCrc32C(), answer.getCiphertextCrc32C());
    levels.require(kek.providerUri(), answer.getProtectionLevel());
    return Bytes.of(ciphertext.toByteArray());
  }

  @Override
  protected byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
      throws BackendFailure {
    ByteString ciphertext = ByteString.copyFrom(wrapped);
    return aes(kek) ? symmetric(kek, ciphertext, call) : asymmetric(kek, ciphertext, call);
  }

  /** INVALID_ARGUMENT is what KMS says of what it cannot open. */
  @Override
  protected boolean unopened(BackendFailure failure) {
    return failure.code() == FailureCode.REJECTED;
  }

  /** Checksums tell, both ways. */
  @Override
  protected boolean looksAgain(KeyVersionRef kek) {
    return false;
  }

  private byte[] symmetric(KeyVersionRef kek, ByteString ciphertext, CallContext call)
      throws BackendFailure {
    String key = GcpNames.keyOf(kek.providerUri());
    ByteString aad = associated(kek);
    DecryptRequest request =
        DecryptRequest.newBuilder()
            .setName(key)
            .setCiphertext(ciphertext)
            .setCiphertextCrc32C(Checksums.of(ciphertext))
            .setAdditionalAuthenticatedData(aad)
            .setAdditionalAuthenticatedDataCrc32C(Checksums.of(aad))
            .build();
    DecryptResponse answer = calls.send(GcpOperation.DECRYPT, key, request, call);
    ByteString opened = answer.getPlaintext();
    Checksums.require(
        "the data key", opened, answer.hasPlaintextCrc32C(), answer.getPlaintextCrc32C());
    levels.require(kek.providerUri(), answer.getProtectionLevel());
    return opened.toByteArray();
  }

  private byte[] asymmetric(KeyVersionRef kek, ByteString ciphertext, CallContext call)
      throws BackendFailure {
    AsymmetricDecryptRequest request =
        AsymmetricDecryptRequest.newBuilder()
            .setName(kek.providerUri())
            .setCiphertext(ciphertext)
            .setCiphertextCrc32C(Checksums.of(ciphertext))
            .build();
    AsymmetricDecryptResponse answer =
        calls.send(GcpOperation.ASYMMETRIC_DECRYPT, kek.providerUri(), request, call);
    Checksums.requireVerified("the wrapped data key", answer.getVerifiedCiphertextCrc32C());
    ByteString opened = answer.getPlaintext();
    Checksums.require(
        "the data key", opened, answer.hasPlaintextCrc32C(), answer.getPlaintextCrc32C());
    levels.require(kek.providerUri(), answer.getProtectionLevel());
    return opened.toByteArray();
  }

  private static ByteString associated(KeyVersionRef kek) throws BackendFailure {
    String stamp = GcpRefusals.COMMON.authenticatedStamp(kek).map(EnvironmentType::name).orElse("");
    return ByteString.copyFromUtf8("enclave/" + kek.name() + "/" + kek.version() + "/" + stamp);
  }
}

package dev.enclave.gcp.internal.use;

import com.google.cloud.kms.v1.AsymmetricDecryptRequest;
import com.google.cloud.kms.v1.AsymmetricDecryptResponse;
import com.google.cloud.kms.v1.DecryptRequest;
import com.google.cloud.kms.v1.DecryptResponse;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.EncryptResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyState;
import dev.enclave.kit.key.DataKeyWrapper;
import dev.enclave.kit.key.OaepEncryption;
import dev.enclave.gcp.internal.calls.Checksums;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpLevels;
import dev.enclave.gcp.internal.keys.GcpPublicKeys;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.util.function.Predicate;

/**
 * Encrypts and decrypts data keys. By a symmetric key: what is authenticated with them names key,
 * version and stamp, so that Decrypt, which chooses the version itself, opens nothing that another
 * one wrapped. By an RSA key: RSAES-OAEP (RFC 8017 §7.1) with the public key here, since Cloud KMS
 * does not encrypt by it, and opened in Cloud KMS; OAEP authenticates nothing besides.
 */
public final class GcpWrapper extends DataKeyWrapper {

  /** The longest ciphertext that Decrypt takes is a little more than the longest plaintext. */
  private static final int LONGEST_CIPHERTEXT = 64 * 1024;

  private final GcpCalls calls;
  private final GcpPublicKeys publicKeys;
  private final GcpLevels levels;

  public GcpWrapper(GcpCalls calls, GcpPublicKeys publicKeys, GcpLevels levels) {
    super(GcpRefusals.COMMON, 1, LONGEST_CIPHERTEXT);
    this.calls = calls;
    this.publicKeys = publicKeys;
    this.levels = levels;
  }

  @Override
  protected void requireUsable(KeyVersionRef kek, Predicate<KeyState> allowed)
      throws BackendFailure {
    levels.requireUsable(kek, allowed);
  }

  @Override
  protected Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call)
      throws BackendFailure {
    if (rsa(kek)) {
      return OaepEncryption.encrypt(
          publicKeys.of(kek.providerUri(), kek.algorithm(), call), secret);
    }
    // Not a copy that nobody could overwrite.
    ByteString plaintext = UnsafeByteOperations.unsafeWrap(secret);
    ByteString aad = associated(kek);
    EncryptResponse answer =
        calls.send(
            GcpOperation.ENCRYPT,
            kek.providerUri(),
            EncryptRequest.newBuilder()
                .setName(kek.providerUri())
                .setPlaintext(plaintext)
                .setPlaintextCrc32C(Checksums.of(plaintext))
                .setAdditionalAuthenticatedData(aad)
                .setAdditionalAuthenticatedDataCrc32C(Checksums.of(aad))
                .build(),
            call);
    requireUndamaged(kek, answer);
    return Bytes.of(answer.getCiphertext().toByteArray());
  }

  private void requireUndamaged(KeyVersionRef kek, EncryptResponse answer) throws BackendFailure {
    if (!answer.getName().equals(kek.providerUri())) {
      throw GcpRefusals.wrongAnswer("another version than the one asked for was used");
    }
    Checksums.requireVerified("the data key", answer.getVerifiedPlaintextCrc32C());
    Checksums.requireVerified(
        "the associated data", answer.getVerifiedAdditionalAuthenticatedDataCrc32C());
    Checksums.require(
        "the ciphertext",
        answer.getCiphertext(),
        answer.hasCiphertextCrc32C(),
        answer.getCiphertextCrc32C());
    levels.require(kek.providerUri(), answer.getProtectionLevel());
  }

  @Override
  protected byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
      throws BackendFailure {
    ByteString ciphertext = ByteString.copyFrom(wrapped);
    return rsa(kek) ? asymmetric(kek, ciphertext, call) : symmetric(kek, ciphertext, call);
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

  private static boolean rsa(KeyVersionRef kek) {
    return kek.algorithm().family() == Family.RSA_OAEP;
  }

  private byte[] symmetric(KeyVersionRef kek, ByteString ciphertext, CallContext call)
      throws BackendFailure {
    String key = GcpNames.keyOf(kek.providerUri());
    ByteString aad = associated(kek);
    DecryptResponse answer =
        calls.send(
            GcpOperation.DECRYPT,
            key,
            DecryptRequest.newBuilder()
                .setName(key)
                .setCiphertext(ciphertext)
                .setCiphertextCrc32C(Checksums.of(ciphertext))
                .setAdditionalAuthenticatedData(aad)
                .setAdditionalAuthenticatedDataCrc32C(Checksums.of(aad))
                .build(),
            call);
    Checksums.require(
        "the data key",
        answer.getPlaintext(),
        answer.hasPlaintextCrc32C(),
        answer.getPlaintextCrc32C());
    levels.require(kek.providerUri(), answer.getProtectionLevel());
    return answer.getPlaintext().toByteArray();
  }

  private byte[] asymmetric(KeyVersionRef kek, ByteString ciphertext, CallContext call)
      throws BackendFailure {
    AsymmetricDecryptResponse answer =
        calls.send(
            GcpOperation.ASYMMETRIC_DECRYPT,
            kek.providerUri(),
            AsymmetricDecryptRequest.newBuilder()
                .setName(kek.providerUri())
                .setCiphertext(ciphertext)
                .setCiphertextCrc32C(Checksums.of(ciphertext))
                .build(),
            call);
    Checksums.requireVerified("the wrapped data key", answer.getVerifiedCiphertextCrc32C());
    Checksums.require(
        "the data key",
        answer.getPlaintext(),
        answer.hasPlaintextCrc32C(),
        answer.getPlaintextCrc32C());
    levels.require(kek.providerUri(), answer.getProtectionLevel());
    return answer.getPlaintext().toByteArray();
  }

  private static ByteString associated(KeyVersionRef kek) throws BackendFailure {
    return ByteString.copyFromUtf8(
        "enclave/"
            + kek.name()
            + "/"
            + kek.version()
            + "/"
            + GcpRefusals.COMMON.authenticatedStamp(kek).map(EnvironmentType::name).orElse(""));
  }
}

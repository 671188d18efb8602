package dev.enclave.gcp.internal.use;

import com.google.cloud.kms.v1.DecryptRequest;
import com.google.cloud.kms.v1.DecryptResponse;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.EncryptResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.gcp.internal.calls.Checksums;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpLevels;
import dev.enclave.gcp.internal.keys.GcpPublicKeys;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyWrapper;
import java.util.Arrays;

/**
 * Wraps data keys. By a symmetric key: what is authenticated with them names key, version and
 * stamp, so that Decrypt, which chooses the version itself, opens nothing that another one wrapped.
 * By an RSA key: {@link RsaWrapping}.
 */
public final class GcpWrapper implements KeyWrapper {

  private static final int DATA_KEY_BYTES = 32;

  /** The longest ciphertext that Decrypt takes is a little more than the longest plaintext. */
  private static final int LONGEST_CIPHERTEXT = 64 * 1024;

  private final GcpCalls calls;
  private final GcpLevels levels;
  private final RsaWrapping rsa;

  public GcpWrapper(GcpCalls calls, GcpPublicKeys publicKeys, GcpLevels levels) {
    this.calls = calls;
    this.levels = levels;
    this.rsa = new RsaWrapping(calls, publicKeys, levels);
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    requireWrapping(kek);
    levels.requireUsable(kek, KeyState::mayProduce);
    if (kek.algorithm().family() == Family.RSA_OAEP) {
      return rsa.wrap(kek, dataKey, call);
    }
    byte[] secret = dataKey.exposeSecret();
    try {
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
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
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
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    requireWrapping(kek);
    levels.requireUsable(kek, KeyState::mayConsume);
    if (wrapped.size() == 0 || wrapped.size() > LONGEST_CIPHERTEXT) {
      throw GcpRefusals.COMMON.notWrappedHere(kek);
    }
    byte[] secret;
    try {
      secret =
          kek.algorithm().family() == Family.RSA_OAEP
              ? rsa.unwrap(kek, wrapped, call)
              : decrypt(kek, wrapped, call);
    } catch (BackendFailure e) {
      // INVALID_ARGUMENT is what KMS says of what it cannot open.
      throw e.code() == FailureCode.REJECTED ? GcpRefusals.COMMON.notWrappedHere(kek) : e;
    }
    if (kek.algorithm() == WrappingAlgorithm.AES_256_GCM && secret.length != DATA_KEY_BYTES) {
      Arrays.fill(secret, (byte) 0);
      throw GcpRefusals.COMMON.notWrappedHere(kek);
    }
    return SecretBytes.takeOver(secret);
  }

  private byte[] decrypt(KeyVersionRef kek, Bytes wrapped, CallContext call) throws BackendFailure {
    String key = GcpNames.keyOf(kek.providerUri());
    ByteString ciphertext = ByteString.copyFrom(wrapped.toByteArray());
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

  private static void requireWrapping(KeyVersionRef kek) throws BackendFailure {
    GcpScheme.of(kek.algorithm());
    if (kek.algorithm().purpose() != KeyPurpose.WRAP) {
      throw GcpRefusals.COMMON.cannot(kek.algorithm(), "wrap");
    }
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

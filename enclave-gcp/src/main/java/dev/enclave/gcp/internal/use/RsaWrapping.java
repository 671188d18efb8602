package dev.enclave.gcp.internal.use;

import com.google.cloud.kms.v1.AsymmetricDecryptRequest;
import com.google.cloud.kms.v1.AsymmetricDecryptResponse;
import com.google.protobuf.ByteString;
import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.cloud.OaepEncryption;
import dev.enclave.gcp.internal.calls.Checksums;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpLevels;
import dev.enclave.gcp.internal.keys.GcpPublicKeys;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import java.util.Arrays;

/**
 * Wraps data keys by RSAES-OAEP (RFC 8017 §7.1): with the public key here, since Cloud KMS does not
 * encrypt by it, and opens them in Cloud KMS. OAEP authenticates nothing besides.
 */
final class RsaWrapping {

  private final GcpCalls calls;
  private final GcpPublicKeys publicKeys;
  private final GcpLevels levels;

  RsaWrapping(GcpCalls calls, GcpPublicKeys publicKeys, GcpLevels levels) {
    this.calls = calls;
    this.publicKeys = publicKeys;
    this.levels = levels;
  }

  Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call) throws BackendFailure {
    PublicKeyInfo publicKey = publicKeys.of(kek.providerUri(), kek.algorithm(), call);
    byte[] secret = dataKey.exposeSecret();
    try {
      return OaepEncryption.encrypt(publicKey, secret);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  byte[] unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call) throws BackendFailure {
    if (wrapped.size() != kek.algorithm().keyBits() / Byte.SIZE) {
      throw GcpRefusals.COMMON.notWrappedHere(kek);
    }
    ByteString ciphertext = ByteString.copyFrom(wrapped.toByteArray());
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
}

package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.AsymmetricDecryptRequest;
import com.google.cloud.kms.v1.AsymmetricDecryptResponse;
import com.google.protobuf.ByteString;
import dev.enclave.Bytes;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Security;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Wraps data keys by RSAES-OAEP (RFC 8017 §7.1): with the public key here, since Cloud KMS does not
 * encrypt by it, and opens them in Cloud KMS. OAEP authenticates nothing besides.
 */
final class RsaWrapping {

  private static final OAEPParameterSpec SHA256 =
      new OAEPParameterSpec(
          "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

  private final GcpCalls calls;
  private final GcpPublicKeys publicKeys;
  private final GcpLevels levels;

  RsaWrapping(GcpCalls calls, GcpPublicKeys publicKeys, GcpLevels levels) {
    this.calls = calls;
    this.publicKeys = publicKeys;
    this.levels = levels;
  }

  Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call) throws BackendFailure {
    byte[] spki = publicKeys.of(kek.providerUri(), kek.algorithm(), call).spki().toByteArray();
    byte[] secret = dataKey.exposeSecret();
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding", provider("SunJCE"));
      cipher.init(
          Cipher.ENCRYPT_MODE,
          KeyFactory.getInstance("RSA", provider("SunRsaSign"))
              .generatePublic(new X509EncodedKeySpec(spki)),
          SHA256);
      return Bytes.of(cipher.doFinal(secret));
    } catch (GeneralSecurityException e) {
      throw unsupported();
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static Provider provider(String name) throws BackendFailure {
    Provider provider = Security.getProvider(name);
    if (provider == null) {
      throw unsupported();
    }
    return provider;
  }

  private static BackendFailure unsupported() {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "This JDK does not encrypt by RSA-OAEP, which Cloud KMS leaves to its callers. Use a key for"
            + " AES_256_GCM, or a JDK with SunJCE and SunRsaSign.");
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

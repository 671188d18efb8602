package dev.enclave.gcp.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyVersionId;
import dev.enclave.kit.key.RemoteUse;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.RawSignature;
import java.security.SecureRandom;
import java.util.Optional;

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

  private final GcpKeys keys;
  private final GcpCalls calls;
  private final SecureRandom random;

  public GcpUse(GcpKeys keys, SecureRandom random) {
    super(GcpCalls.REFUSALS, 1, LONGEST_CIPHERTEXT);
    this.keys = keys;
    this.calls = keys.calls();
    this.random = random;
  }

  @Override
  protected AlgorithmSupport support(KeyAlgorithm algorithm) throws BackendFailure {
    return GcpScheme.of(algorithm).support();
  }

  @Override
  protected boolean named(KeyVersionRef ref) {
    return GcpNames.names(ref.providerUri(), ref.version());
  }

  @Override
  protected RawSignature sign(KeyVersionRef ref, byte[] input, boolean digest, CallContext call)
      throws BackendFailure {
    GcpScheme scheme = GcpScheme.of(ref.algorithm());
    ByteString value = ByteString.copyFrom(input);
    var answer =
        calls.answer(
            GcpOperation.SIGN,
            ref.providerUri(),
            request -> request.setDigest(scheme.digest(value)),
            call);
    var signed = answer.value();
    // The version KMS says it used, not the one it was asked for.
    KeyVersionId signedBy =
        GcpNames.idOfVersion(signed.getName())
            .filter(id -> GcpNames.isVersion(signed.getName(), GcpNames.keyOf(ref.providerUri())))
            .orElseThrow(
                () -> GcpCalls.wrongAnswer(Texts.NOT_SAID_THAT_SIGNED.with(), ref.providerUri()));
    keys.require(ref.providerUri(), signed.getProtectionLevel());
    Bytes signature = Bytes.of(signed.getSignature().toByteArray());
    return RawSignature.of(signature, ref.algorithm().defaultEncoding(), signedBy)
        .withProviderRequestId(Optional.of(answer.requestId()));
  }

  @Override
  protected Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call)
      throws BackendFailure {
    String version = kek.providerUri();
    if (!aes(kek)) {
      return encryptHere(keys.publicKey(version, kek.algorithm(), call), secret, random);
    }
    // Not a copy that nobody could overwrite.
    ByteString plaintext = UnsafeByteOperations.unsafeWrap(secret);
    ByteString aad = associated(kek);
    var answer =
        calls.send(
            GcpOperation.ENCRYPT,
            version,
            request -> request.setPlaintext(plaintext).setAdditionalAuthenticatedData(aad),
            call);
    keys.require(version, answer.getProtectionLevel());
    return Bytes.of(answer.getCiphertext().toByteArray());
  }

  @Override
  protected byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
      throws BackendFailure {
    String version = kek.providerUri();
    ByteString ciphertext = ByteString.copyFrom(wrapped);
    if (aes(kek)) {
      ByteString aad = associated(kek);
      var answer =
          calls.send(
              GcpOperation.DECRYPT,
              GcpNames.keyOf(version),
              request -> request.setCiphertext(ciphertext).setAdditionalAuthenticatedData(aad),
              call);
      keys.require(version, answer.getProtectionLevel());
      return answer.getPlaintext().toByteArray();
    }
    var answer =
        calls.send(
            GcpOperation.ASYMMETRIC_DECRYPT,
            version,
            request -> request.setCiphertext(ciphertext),
            call);
    keys.require(version, answer.getProtectionLevel());
    return answer.getPlaintext().toByteArray();
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

  private static ByteString associated(KeyVersionRef kek) throws BackendFailure {
    String stamp = GcpCalls.REFUSALS.authenticatedStamp(kek).map(EnvironmentType::name).orElse("");
    return ByteString.copyFromUtf8("enclave/" + kek.name() + "/" + kek.version() + "/" + stamp);
  }
}

package dev.enclave.aws.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyVersionId;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.kit.key.RemoteUse;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.RawSignature;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SignResponse;

/**
 * Signs, and encrypts and decrypts data keys, by the key's own ARN and algorithm. A symmetric key's
 * encryption context names key, version and stamp: it is authenticated with the data key and
 * appears in CloudTrail, and key policies may demand it.
 */
public final class KmsUse extends RemoteUse {

  private static final int LONGEST_CIPHERTEXT = 6144;

  private final KmsCalls calls;

  public KmsUse(KmsCalls calls) {
    super(KmsCalls.REFUSALS, 1, LONGEST_CIPHERTEXT);
    this.calls = calls;
  }

  @Override
  protected AlgorithmSupport support(KeyAlgorithm algorithm) {
    return new KmsScheme(algorithm).support();
  }

  @Override
  protected boolean named(KeyVersionRef ref) {
    return KmsNames.agree(ref.providerUri(), ref.version().value());
  }

  @Override
  protected RawSignature sign(KeyVersionRef ref, byte[] input, boolean digest, CallContext call)
      throws BackendFailure {
    KmsScheme scheme = new KmsScheme(ref.algorithm());
    SignResponse answer =
        calls.send(
            KmsOperation.SIGN,
            ref.providerUri(),
            call,
            r ->
                r.keyId(ref.providerUri())
                    .message(SdkBytes.fromByteArrayUnsafe(input))
                    .messageType(digest ? MessageType.DIGEST : MessageType.RAW)
                    .signingAlgorithm(scheme.signing()));
    if (answer.signature() == null || answer.signingAlgorithm() != scheme.signing()) {
      throw KmsCalls.REFUSALS.wrongAnswer(Texts.NOT_BY_ALGORITHM.with());
    }
    return RawSignature.of(
            Bytes.of(answer.signature().asByteArrayUnsafe()),
            ref.algorithm().defaultEncoding(),
            signedBy(ref, answer.keyId()))
        .withProviderRequestId(Optional.ofNullable(answer.responseMetadata().requestId()));
  }

  /** The version KMS says it used, not the one it was asked for. */
  private static KeyVersionId signedBy(KeyVersionRef ref, String answered) throws BackendFailure {
    if (KmsNames.sameKey(answered, ref.providerUri())) {
      return ref.version();
    }
    return KmsNames.keyId(answered)
        .filter(id -> !id.equals(ref.version().value()))
        .map(KeyVersionId::of)
        .orElseThrow(() -> KmsCalls.REFUSALS.wrongAnswer(Texts.SIGNED_BY_NOT_SAID.with()));
  }

  @Override
  protected Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call)
      throws BackendFailure {
    Map<String, String> context = context(kek);
    EncryptResponse answer =
        calls.send(
            KmsOperation.ENCRYPT,
            kek.providerUri(),
            call,
            r ->
                r.keyId(kek.providerUri())
                    .plaintext(SdkBytes.fromByteArrayUnsafe(secret))
                    .encryptionAlgorithm(new KmsScheme(kek.algorithm()).encryption())
                    .encryptionContext(context));
    requireUsed(KmsNames.sameKey(answer.keyId(), kek.providerUri()));
    return Bytes.of(answer.ciphertextBlob().asByteArrayUnsafe());
  }

  @Override
  protected byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
      throws BackendFailure {
    Map<String, String> context = context(kek);
    DecryptResponse answer =
        calls.send(
            KmsOperation.DECRYPT,
            kek.providerUri(),
            call,
            r ->
                r.keyId(kek.providerUri())
                    .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(wrapped))
                    .encryptionAlgorithm(new KmsScheme(kek.algorithm()).encryption())
                    .encryptionContext(context));
    requireUsed(KmsNames.sameKey(answer.keyId(), kek.providerUri()));
    return answer.plaintext().asByteArrayUnsafe();
  }

  @Override
  protected boolean unopened(BackendFailure failure) {
    return failure.code() == FailureCode.CORRUPT;
  }

  @Override
  protected boolean looksAgain(KeyVersionRef kek) {
    return true;
  }

  /** RSA keys take no context; an empty one is not sent. */
  private static Map<String, String> context(KeyVersionRef kek) throws BackendFailure {
    Map<String, String> context = new HashMap<>();
    if (aes(kek)) {
      context.put(KmsNames.NAME, kek.name().value());
      context.put(KmsNames.TAG + "version", kek.version().value());
      KmsCalls.REFUSALS
          .authenticatedStamp(kek)
          .ifPresent(s -> context.put(KmsNames.STAMP, s.name()));
    }
    return context;
  }
}

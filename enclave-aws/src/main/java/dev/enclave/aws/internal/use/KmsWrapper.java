package dev.enclave.aws.internal.use;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyState;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.kit.key.DataKeyWrapper;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.EncryptResponse;

/**
 * Encrypts and decrypts data keys. A symmetric key's encryption context names key, version and
 * stamp: it is authenticated with the data key and appears in CloudTrail, and key policies may
 * demand it.
 */
public final class KmsWrapper extends DataKeyWrapper {

  private static final int LONGEST_CIPHERTEXT = 6144;

  /** In the encryption context, beside two that are called as tags are. */
  private static final String VERSION = KmsTags.PREFIX + "version";

  private final KmsCalls calls;

  public KmsWrapper(KmsCalls calls) {
    super(KmsRefusals.COMMON, 1, LONGEST_CIPHERTEXT);
    this.calls = calls;
  }

  @Override
  protected void requireUsable(KeyVersionRef kek, Predicate<KeyState> allowed)
      throws BackendFailure {
    KmsRefusals.requireUsable(kek, allowed);
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
            (kms, limits) ->
                kms.encrypt(
                    r ->
                        r.keyId(kek.providerUri())
                            .plaintext(SdkBytes.fromByteArrayUnsafe(secret))
                            .encryptionAlgorithm(KmsScheme.of(kek.algorithm()).encryption())
                            .encryptionContext(context)
                            .overrideConfiguration(limits)));
    requireSameKey(kek, answer.keyId());
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
            (kms, limits) ->
                kms.decrypt(
                    r ->
                        r.keyId(kek.providerUri())
                            .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(wrapped))
                            .encryptionAlgorithm(KmsScheme.of(kek.algorithm()).encryption())
                            .encryptionContext(context)
                            .overrideConfiguration(limits)));
    requireSameKey(kek, answer.keyId());
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
    if (kek.algorithm().family() == Family.AES_GCM) {
      context.put(KmsTags.NAME, kek.name().value());
      context.put(VERSION, kek.version().value());
      KmsRefusals.COMMON
          .authenticatedStamp(kek)
          .ifPresent(s -> context.put(KmsTags.STAMP, s.name()));
    }
    return context;
  }

  private static void requireSameKey(KeyVersionRef kek, String answered) throws BackendFailure {
    if (!KmsArns.sameKey(answered, kek.providerUri())) {
      throw KmsRefusals.COMMON.wrongAnswer("another key than the one asked for was used");
    }
  }
}

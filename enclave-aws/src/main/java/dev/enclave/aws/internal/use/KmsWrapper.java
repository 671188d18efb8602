package dev.enclave.aws.internal.use;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyWrapper;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.EncryptResponse;

/**
 * Wraps data keys. A symmetric key's encryption context names key, version and stamp: it is
 * authenticated with the data key and appears in CloudTrail, and key policies may demand it.
 */
public final class KmsWrapper implements KeyWrapper {

  private static final int DATA_KEY_BYTES = 32;
  private static final int LONGEST_CIPHERTEXT = 6144;

  private final KmsCalls calls;

  public KmsWrapper(KmsCalls calls) {
    this.calls = calls;
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    requireWrapping(kek);
    KmsRefusals.requireUsable(kek, KeyState::mayProduce);
    Map<String, String> context = context(kek);
    byte[] secret = dataKey.exposeSecret();
    try {
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
      Bytes wrapped = Bytes.of(answer.ciphertextBlob().asByteArrayUnsafe());
      requireOpens(kek, wrapped, secret, context, call);
      return wrapped;
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /** What does not open would be noticed when the data is wanted again, and is then lost. */
  private void requireOpens(
      KeyVersionRef kek,
      Bytes wrapped,
      byte[] secret,
      Map<String, String> context,
      CallContext call)
      throws BackendFailure {
    boolean same;
    try (SecretBytes opened = decrypted(kek, wrapped, context, call)) {
      byte[] again = opened.exposeSecret();
      same = MessageDigest.isEqual(again, secret);
      Arrays.fill(again, (byte) 0);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.CORRUPT) {
        throw e;
      }
      same = false;
    }
    if (!same) {
      throw KmsRefusals.COMMON.wrongAnswer("what it encrypted does not open");
    }
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    requireWrapping(kek);
    KmsRefusals.requireUsable(kek, KeyState::mayConsume);
    Map<String, String> context = context(kek);
    if (!possible(kek.algorithm(), wrapped.size())) {
      throw KmsRefusals.COMMON.notWrappedHere(kek);
    }
    try {
      return decrypted(kek, wrapped, context, call);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.CORRUPT ? KmsRefusals.COMMON.notWrappedHere(kek) : e;
    }
  }

  private SecretBytes decrypted(
      KeyVersionRef kek, Bytes wrapped, Map<String, String> context, CallContext call)
      throws BackendFailure {
    DecryptResponse answer =
        calls.send(
            KmsOperation.DECRYPT,
            kek.providerUri(),
            call,
            (kms, limits) ->
                kms.decrypt(
                    r ->
                        r.keyId(kek.providerUri())
                            .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(wrapped.toByteArray()))
                            .encryptionAlgorithm(KmsScheme.of(kek.algorithm()).encryption())
                            .encryptionContext(context)
                            .overrideConfiguration(limits)));
    requireSameKey(kek, answer.keyId());
    byte[] secret = answer.plaintext().asByteArrayUnsafe();
    if (kek.algorithm().family() == Family.AES_GCM && secret.length != DATA_KEY_BYTES) {
      Arrays.fill(secret, (byte) 0);
      throw KmsRefusals.COMMON.notWrappedHere(kek);
    }
    return SecretBytes.takeOver(secret);
  }

  private static void requireWrapping(KeyVersionRef kek) throws BackendFailure {
    if (kek.algorithm().purpose() != KeyPurpose.WRAP) {
      throw KmsRefusals.COMMON.cannot(kek.algorithm(), "wrap");
    }
  }

  /** Whether a ciphertext of this length can be one; KMS refuses others as malformed requests. */
  private static boolean possible(KeyAlgorithm algorithm, int size) {
    return algorithm.family() == Family.AES_GCM
        ? size > 0 && size <= LONGEST_CIPHERTEXT
        : size == algorithm.keyBits() / Byte.SIZE;
  }

  /** RSA keys take no context; an empty one is not sent. */
  private static Map<String, String> context(KeyVersionRef kek) throws BackendFailure {
    Map<String, String> context = new HashMap<>();
    if (kek.algorithm().family() == Family.AES_GCM) {
      context.put(KmsTags.NAME, kek.name().value());
      context.put(KmsTags.NUMBER, kek.version().value());
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

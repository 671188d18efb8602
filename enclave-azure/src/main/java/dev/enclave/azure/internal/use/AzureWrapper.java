package dev.enclave.azure.internal.use;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.cryptography.models.DecryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptResult;
import com.azure.security.keyvault.keys.cryptography.models.KeyWrapAlgorithm;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.PublicKeyInfo;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.keys.AzurePublicKeys;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.cloud.OaepEncryption;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyWrapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Wraps data keys: by RSA-OAEP-256, with the public key and here; and in a managed HSM by
 * AES-256-GCM, which authenticates key, version and stamp with the data key. What the HSM wrapped
 * is opened once before anything depends on it.
 */
public final class AzureWrapper implements KeyWrapper {

  private static final int DATA_KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  private final AzureCalls calls;
  private final AzurePublicKeys publicKeys;

  public AzureWrapper(AzureCalls calls, AzurePublicKeys publicKeys) {
    this.calls = calls;
    this.publicKeys = publicKeys;
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    requireWrapping(kek);
    calls.requireUsable(kek, KeyState::mayProduce);
    byte[] secret = dataKey.exposeSecret();
    try {
      return kek.algorithm().family() == Family.AES_GCM
          ? encrypt(kek, secret, context(kek), call)
          : OaepEncryption.encrypt(publicKey(kek, call), secret);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private PublicKeyInfo publicKey(KeyVersionRef kek, CallContext call) throws BackendFailure {
    return publicKeys
        .publicKey(kek.providerUri(), kek.algorithm(), call)
        .orElseThrow(() -> AzureCalls.REFUSALS.cannot(kek.algorithm(), "wrap"));
  }

  private Bytes encrypt(KeyVersionRef kek, byte[] secret, byte[] context, CallContext call)
      throws BackendFailure {
    EncryptResult answer =
        calls
            .use(
                AzureOperation.ENCRYPT,
                kek,
                call,
                session ->
                    session
                        .cryptography(kek.providerUri())
                        .encrypt(
                            EncryptParameters.createA256GcmParameters(secret, context),
                            Context.NONE))
            .value();
    requireSameKey(kek, answer.getKeyId());
    byte[] nonce = present(answer.getIv());
    byte[] tag = present(answer.getAuthenticationTag());
    byte[] text = present(answer.getCipherText());
    if (nonce.length != NONCE_BYTES || tag.length != TAG_BYTES || text.length != secret.length) {
      throw AzureCalls.REFUSALS.wrongAnswer("what it encrypted is not of AES-256-GCM");
    }
    byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + text.length + TAG_BYTES);
    System.arraycopy(text, 0, all, NONCE_BYTES, text.length);
    System.arraycopy(tag, 0, all, NONCE_BYTES + text.length, TAG_BYTES);
    requireOpens(kek, all, secret, context, call);
    return Bytes.of(all);
  }

  /** A bit that flipped on the way would be found when the data key is needed, and too late. */
  private void requireOpens(
      KeyVersionRef kek, byte[] wrapped, byte[] secret, byte[] context, CallContext call)
      throws BackendFailure {
    byte[] opened;
    try {
      opened = decrypt(kek, wrapped, context, call);
    } catch (BackendFailure e) {
      // A vault calls what it cannot open a bad parameter.
      throw e.code() == FailureCode.REJECTED ? notTheDataKey() : e;
    }
    boolean same = MessageDigest.isEqual(opened, secret);
    Arrays.fill(opened, (byte) 0);
    if (!same) {
      throw notTheDataKey();
    }
  }

  private static BackendFailure notTheDataKey() {
    return AzureCalls.REFUSALS.wrongAnswer("what it wrapped does not open to the data key");
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    requireWrapping(kek);
    calls.requireUsable(kek, KeyState::mayConsume);
    boolean aes = kek.algorithm().family() == Family.AES_GCM;
    int expected =
        aes ? NONCE_BYTES + DATA_KEY_BYTES + TAG_BYTES : kek.algorithm().keyBits() / Byte.SIZE;
    if (wrapped.size() != expected) {
      throw AzureCalls.REFUSALS.notWrappedHere(kek);
    }
    try {
      byte[] secret =
          aes
              ? decrypt(kek, wrapped.toByteArray(), context(kek), call)
              : unwrap(kek, wrapped.toByteArray(), call);
      if (aes && secret.length != DATA_KEY_BYTES) {
        Arrays.fill(secret, (byte) 0);
        throw AzureCalls.REFUSALS.notWrappedHere(kek);
      }
      return SecretBytes.takeOver(secret);
    } catch (BackendFailure e) {
      // A vault calls what it cannot open a bad parameter.
      throw e.code() == FailureCode.REJECTED || e.code() == FailureCode.CORRUPT
          ? AzureCalls.REFUSALS.notWrappedHere(kek)
          : e;
    }
  }

  private byte[] unwrap(KeyVersionRef kek, byte[] wrapped, CallContext call) throws BackendFailure {
    var answer =
        calls
            .use(
                AzureOperation.UNWRAP_KEY,
                kek,
                call,
                session ->
                    session
                        .cryptography(kek.providerUri())
                        .unwrapKey(KeyWrapAlgorithm.RSA_OAEP_256, wrapped, Context.NONE))
            .value();
    requireSameKey(kek, answer.getKeyId());
    return present(answer.getKey());
  }

  private byte[] decrypt(KeyVersionRef kek, byte[] all, byte[] context, CallContext call)
      throws BackendFailure {
    DecryptParameters parameters =
        DecryptParameters.createA256GcmParameters(
            Arrays.copyOfRange(all, NONCE_BYTES, all.length - TAG_BYTES),
            Arrays.copyOf(all, NONCE_BYTES),
            Arrays.copyOfRange(all, all.length - TAG_BYTES, all.length),
            context);
    var answer =
        calls
            .use(
                AzureOperation.DECRYPT,
                kek,
                call,
                session ->
                    session.cryptography(kek.providerUri()).decrypt(parameters, Context.NONE))
            .value();
    requireSameKey(kek, answer.getKeyId());
    return present(answer.getPlainText());
  }

  private static byte[] context(KeyVersionRef kek) throws BackendFailure {
    return (kek.name()
            + "/"
            + kek.version()
            + "/"
            + AzureCalls.REFUSALS.authenticatedStamp(kek).map(Enum::name).orElse("unstamped"))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] present(byte @Nullable [] bytes) {
    return bytes == null ? new byte[0] : bytes;
  }

  private static void requireWrapping(KeyVersionRef kek) throws BackendFailure {
    if (kek.algorithm().purpose() != KeyPurpose.WRAP) {
      throw AzureCalls.REFUSALS.cannot(kek.algorithm(), "wrap");
    }
  }

  private void requireSameKey(KeyVersionRef kek, String kid) throws BackendFailure {
    if (kid == null
        || !AzureNames.parse(kid, calls.endpoint().origin())
            .equals(AzureNames.parse(kek.providerUri(), calls.endpoint().origin()))) {
      throw AzureCalls.REFUSALS.wrongAnswer("another key than the one asked for was used");
    }
  }
}

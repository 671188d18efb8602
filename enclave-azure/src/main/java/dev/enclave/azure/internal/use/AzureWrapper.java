package dev.enclave.azure.internal.use;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.cryptography.models.DecryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptResult;
import com.azure.security.keyvault.keys.cryptography.models.KeyWrapAlgorithm;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyState;
import dev.enclave.PublicKeyInfo;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.keys.AzurePublicKeys;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.kit.key.DataKeyWrapper;
import dev.enclave.kit.key.OaepEncryption;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts and decrypts data keys: by RSA-OAEP-256, with the public key and here; and in a managed
 * HSM by AES-256-GCM, which authenticates key, version and stamp with the data key. What the HSM
 * wrapped is opened once before anything depends on it.
 */
public final class AzureWrapper extends DataKeyWrapper {

  private static final int DATA_KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int WRAPPED_BYTES = NONCE_BYTES + DATA_KEY_BYTES + TAG_BYTES;

  private final AzureCalls calls;
  private final AzurePublicKeys publicKeys;

  public AzureWrapper(AzureCalls calls, AzurePublicKeys publicKeys) {
    super(AzureCalls.REFUSALS, WRAPPED_BYTES, WRAPPED_BYTES);
    this.calls = calls;
    this.publicKeys = publicKeys;
  }

  @Override
  protected void requireUsable(KeyVersionRef kek, Predicate<KeyState> allowed)
      throws BackendFailure {
    calls.requireUsable(kek, allowed);
  }

  @Override
  protected Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call)
      throws BackendFailure {
    return aes(kek)
        ? encrypt(kek, secret, context(kek), call)
        : OaepEncryption.encrypt(publicKey(kek, call), secret);
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
    return Bytes.of(all);
  }

  @Override
  protected byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
      throws BackendFailure {
    return aes(kek) ? open(kek, wrapped, context(kek), call) : unwrap(kek, wrapped, call);
  }

  /** A vault calls what it cannot open a bad parameter. */
  @Override
  protected boolean unopened(BackendFailure failure) {
    return failure.code() == FailureCode.REJECTED;
  }

  /** A bit that flipped on the way would be found when the data key is needed, and too late. */
  @Override
  protected boolean looksAgain(KeyVersionRef kek) {
    return aes(kek);
  }

  private static boolean aes(KeyVersionRef kek) {
    return kek.algorithm().family() == Family.AES_GCM;
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

  private byte[] open(KeyVersionRef kek, byte[] all, byte[] context, CallContext call)
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

  private void requireSameKey(KeyVersionRef kek, String kid) throws BackendFailure {
    if (kid == null
        || !AzureNames.parse(kid, calls.endpoint().origin())
            .equals(AzureNames.parse(kek.providerUri(), calls.endpoint().origin()))) {
      throw AzureCalls.REFUSALS.wrongAnswer("another key than the one asked for was used");
    }
  }
}

package dev.enclave.azure.internal;

import static dev.enclave.azure.internal.AzureKeyParameters.present;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.cryptography.models.DecryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptResult;
import com.azure.security.keyvault.keys.cryptography.models.KeyWrapAlgorithm;
import com.azure.security.keyvault.keys.cryptography.models.SignResult;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyVersionId;
import dev.enclave.azure.internal.AzureCalls.Answered;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.key.RemoteUse;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.RawSignature;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs by the version's own identifier and algorithm, and encrypts and decrypts data keys: by
 * RSA-OAEP-256, with the public key and here; and in a managed HSM by AES-256-GCM, which
 * authenticates key, version and stamp with the data key. What the HSM wrapped is opened once
 * before anything depends on it.
 */
public final class AzureUse extends RemoteUse {

  private static final int DATA_KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int WRAPPED_BYTES = NONCE_BYTES + DATA_KEY_BYTES + TAG_BYTES;

  private final AzureKeys keys;
  private final AzureCalls calls;
  private final SecureRandom random;

  public AzureUse(AzureKeys keys, SecureRandom random) {
    super(AzureCalls.REFUSALS, WRAPPED_BYTES, WRAPPED_BYTES);
    this.keys = keys;
    this.calls = keys.calls();
    this.random = random;
  }

  @Override
  protected AlgorithmSupport support(KeyAlgorithm algorithm) throws BackendFailure {
    keys.requireOffered(algorithm);
    return new AzureScheme(algorithm).support();
  }

  @Override
  protected boolean named(KeyVersionRef ref) {
    return parsed(ref.providerUri())
        .flatMap(AzureNames.Id::version)
        .filter(ref.version().value()::equals)
        .isPresent();
  }

  @Override
  protected RawSignature sign(KeyVersionRef ref, byte[] input, boolean digest, CallContext call)
      throws BackendFailure {
    AzureScheme scheme = new AzureScheme(ref.algorithm());
    Answered<SignResult> answer =
        calls.use(
            AzureOperation.SIGN,
            ref,
            call,
            client -> client.sign(scheme.signing(), input, Context.NONE));
    byte[] signature = present(answer.value().getSignature());
    if (signature.length != scheme.signatureLength()) {
      throw AzureCalls.REFUSALS.wrongAnswer(Texts.SIGNATURE_LENGTH.with(ref.algorithm()));
    }
    return RawSignature.of(Bytes.of(signature), scheme.encoding(), signedBy(ref, answer.value()))
        .withProviderRequestId(answer.requestId());
  }

  /** The version the vault says it used, not the one it was asked for. */
  private KeyVersionId signedBy(KeyVersionRef ref, SignResult answer) throws BackendFailure {
    Optional<String> name = parsed(ref.providerUri()).map(AzureNames.Id::name);
    return parsed(answer.getKeyId())
        .filter(id -> name.filter(id.name()::equalsIgnoreCase).isPresent())
        .flatMap(AzureNames.Id::version)
        .map(KeyVersionId::of)
        .orElseThrow(() -> AzureCalls.REFUSALS.wrongAnswer(Texts.SIGNED_BY_NOT_SAID.with()));
  }

  private Optional<AzureNames.Id> parsed(@Nullable String kid) {
    return kid == null ? Optional.empty() : AzureNames.parse(kid, calls.endpoint().origin());
  }

  @Override
  protected Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call)
      throws BackendFailure {
    if (!aes(kek)) {
      return encryptHere(
          keys.publicKey(kek.providerUri(), kek.algorithm(), call)
              .orElseThrow(() -> AzureCalls.REFUSALS.cannot(kek.algorithm(), "wrap")),
          secret,
          random);
    }
    EncryptParameters parameters = EncryptParameters.createA256GcmParameters(secret, context(kek));
    EncryptResult answer =
        calls
            .use(AzureOperation.ENCRYPT, kek, call, c -> c.encrypt(parameters, Context.NONE))
            .value();
    requireUsed(parsed(answer.getKeyId()).equals(parsed(kek.providerUri())));
    byte[] nonce = present(answer.getIv());
    byte[] tag = present(answer.getAuthenticationTag());
    byte[] text = present(answer.getCipherText());
    if (nonce.length != NONCE_BYTES || tag.length != TAG_BYTES || text.length != secret.length) {
      throw AzureCalls.REFUSALS.wrongAnswer(Texts.NOT_AES_GCM.with());
    }
    int length = NONCE_BYTES + text.length + TAG_BYTES;
    return Bytes.of(ByteBuffer.allocate(length).put(nonce).put(text).put(tag).array());
  }

  @Override
  protected byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
      throws BackendFailure {
    return aes(kek) ? open(kek, wrapped, call) : unwrap(kek, wrapped, call);
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

  private byte[] unwrap(KeyVersionRef kek, byte[] wrapped, CallContext call) throws BackendFailure {
    var answer =
        calls
            .use(
                AzureOperation.UNWRAP_KEY,
                kek,
                call,
                client -> client.unwrapKey(KeyWrapAlgorithm.RSA_OAEP_256, wrapped, Context.NONE))
            .value();
    requireUsed(parsed(answer.getKeyId()).equals(parsed(kek.providerUri())));
    return present(answer.getKey());
  }

  private byte[] open(KeyVersionRef kek, byte[] all, CallContext call) throws BackendFailure {
    int tag = all.length - TAG_BYTES;
    DecryptParameters parameters =
        DecryptParameters.createA256GcmParameters(
            Arrays.copyOfRange(all, NONCE_BYTES, tag),
            Arrays.copyOf(all, NONCE_BYTES),
            Arrays.copyOfRange(all, tag, all.length),
            context(kek));
    var answer =
        calls
            .use(AzureOperation.DECRYPT, kek, call, c -> c.decrypt(parameters, Context.NONE))
            .value();
    requireUsed(parsed(answer.getKeyId()).equals(parsed(kek.providerUri())));
    return present(answer.getPlainText());
  }

  private static byte[] context(KeyVersionRef kek) throws BackendFailure {
    String stamp = AzureCalls.REFUSALS.authenticatedStamp(kek).map(Enum::name).orElse("unstamped");
    return (kek.name() + "/" + kek.version() + "/" + stamp).getBytes(StandardCharsets.US_ASCII);
  }
}

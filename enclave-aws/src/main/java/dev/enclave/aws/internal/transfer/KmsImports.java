package dev.enclave.aws.internal.transfer;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsPartition;
import dev.enclave.aws.internal.versions.KmsStateChanger;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialResponse;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/**
 * Brings private keys into KMS keys that were made without: wrapped by RSA_AES_KEY_WRAP_SHA_256
 * under a fresh RSA_4096 key of KMS, the one algorithm it takes for RSA and elliptic curves alike;
 * in China Regions by RSAES_OAEP_SHA_256. KMS takes the same material as often as it is sent, and
 * no other, so all of it is repeatable.
 */
public final class KmsImports {

  private final KmsKeys keys;
  private final KmsStateChanger states;
  private final KmsPartition partition;
  private final SecureRandom random;

  public KmsImports(
      KmsKeys keys, KmsStateChanger states, KmsPartition partition, SecureRandom random) {
    this.keys = keys;
    this.states = states;
    this.partition = partition;
    this.random = random;
  }

  /** The KMS key with the version's private half, as KMS then describes it. */
  KmsKey bring(Version version, KmsKey key, CallContext call) throws BackendFailure {
    if (!key.empty()) {
      return key;
    }
    send(version.material().orElseThrow(), key, call);
    KeyMetadata now =
        keys.directory()
            .describe(key.arn(), call)
            .orElseThrow(() -> KmsRefusals.COMMON.notSeenYet("KMS key " + key.id()));
    KmsKey filled = new KmsKey(now, key.tags());
    if (filled.empty()) {
      throw KmsRefusals.COMMON.notSeenYet("The material of KMS key " + key.id());
    }
    return filled;
  }

  private void send(SecretBytes material, KmsKey key, CallContext call) throws BackendFailure {
    GetParametersForImportResponse parameters =
        keys.calls()
            .send(
                KmsOperation.GET_PARAMETERS_FOR_IMPORT,
                key.arn(),
                call,
                (kms, limits) ->
                    kms.getParametersForImport(
                        r ->
                            r.keyId(key.arn())
                                .wrappingAlgorithm(partition.wrapping())
                                .wrappingKeySpec(WrappingKeySpec.RSA_4096)
                                .overrideConfiguration(limits)));
    requireSameKey(key, parameters.keyId());
    SdkBytes wrapped = wrapped(parameters, material);
    ImportKeyMaterialResponse answer =
        keys.calls()
            .send(
                KmsOperation.IMPORT_KEY_MATERIAL,
                key.arn(),
                call,
                (kms, limits) ->
                    kms.importKeyMaterial(
                        r ->
                            r.keyId(key.arn())
                                .importToken(parameters.importToken())
                                .encryptedKeyMaterial(wrapped)
                                .expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE)
                                .overrideConfiguration(limits)));
    if (answer.keyId() != null) {
      requireSameKey(key, answer.keyId());
    }
  }

  private SdkBytes wrapped(GetParametersForImportResponse parameters, SecretBytes material)
      throws BackendFailure {
    Bytes wrappingKey = Bytes.of(parameters.publicKey().asByteArray());
    try {
      return SdkBytes.fromByteArrayUnsafe(
          partition.wrap(wrappingKey, material, random).toByteArray());
    } catch (EnclaveException e) {
      throw KmsRefusals.COMMON.wrongAnswer(
          "what was sent to wrap a private key with is no RSA key");
    }
  }

  private static void requireSameKey(KmsKey key, String answered) throws BackendFailure {
    if (!KmsArns.sameKey(answered, key.arn())) {
      throw KmsRefusals.COMMON
          .wrongAnswer("another key than " + key.arn() + " was meant")
          .naming(key.arn());
    }
  }

  /**
   * Whether KMS now has the private half of the version's public key. Of a key that is switched off
   * it tells no public key; who switched it off has compared it before.
   */
  boolean match(Version version, KmsKey key, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    if (key.disabled() && version.publicKey().isPresent()) {
      keys.snapshots().learn(key, version.publicKey().get(), call);
      return true;
    }
    return keys.snapshots().publicKey(key, algorithm, call).equals(version.publicKey());
  }

  /** Switched off if the version is. */
  KmsKey inState(Version version, KmsKey key, CallContext call) throws BackendFailure {
    if (version.state() != KeyState.DISABLED || key.disabled()) {
      return key;
    }
    states.disable(key, call);
    return key.switchedOff();
  }
}

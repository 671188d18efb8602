package dev.enclave.aws.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.crypto.RsaOaepWrap;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.key.AliasService.Tagged;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.kit.key.KeyTaker;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.GetParametersForImportResponse;
import software.amazon.awssdk.services.kms.model.ImportKeyMaterialResponse;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/**
 * Brings private keys into KMS keys that were made without: wrapped by RSA_AES_KEY_WRAP_SHA_256
 * under a fresh RSA_4096 key of KMS, the one algorithm it takes for RSA and elliptic curves alike;
 * in China Regions, which do not know it (Developer Guide, "Encrypt the key material"), by
 * RSAES_OAEP_SHA_256. KMS takes the same material as often as it is sent, and no other, so all of
 * it is repeatable.
 */
public final class KmsImports implements KeyTaker {

  private final KmsKeys keys;
  private final KmsCalls calls;
  private final boolean china;
  private final SecureRandom random;
  // What was made and is not filled yet, by unit.
  private final Map<String, ServiceKey> empty = BoundedMap.of(1_000);

  public KmsImports(KmsKeys keys, SecureRandom random) {
    this.keys = keys;
    this.calls = keys.calls();
    this.china = calls.session().china();
    this.random = random;
  }

  @Override
  public ImportSupport support() {
    Set<Family> not = china ? Set.of(Family.RSA_PSS, Family.RSA_PKCS1) : Set.of();
    return ImportSupport.of(
        KeyAlgorithm.all().stream()
            .filter(a -> a.purpose() == KeyPurpose.SIGN && !not.contains(a.family()))
            .collect(Collectors.toUnmodifiableSet()),
        false);
  }

  @Override
  public BackendFailure notTaken(KeyAlgorithm algorithm) {
    return KmsCalls.REFUSALS.notImported(algorithm, Texts.NOT_IN_CHINA.with());
  }

  /** What is wrong with it KMS says, before any alias names what was made for it. */
  @Override
  public void check(Version version, KeyAlgorithm algorithm) {}

  @Override
  public ServiceKey bring(Making into, Version version, CallContext call) throws BackendFailure {
    ServiceKey earlier = empty.get(into.unit());
    ServiceKey key = earlier != null ? earlier : keys.make(into, OriginType.EXTERNAL, call);
    empty.put(into.unit(), key);
    send(version.material().orElseThrow(), key, call);
    ServiceKey filled =
        keys.find(new Tagged(key.id(), key.tags()), call)
            .orElseThrow(() -> KmsCalls.REFUSALS.notSeenYet(Texts.KMS_KEY.with(key.id())));
    if (filled.material() == Material.PENDING) {
      throw KmsCalls.REFUSALS.notSeenYet(Texts.MATERIAL.with(key.id()));
    }
    empty.remove(into.unit());
    return filled;
  }

  private void send(SecretBytes material, ServiceKey key, CallContext call) throws BackendFailure {
    GetParametersForImportResponse parameters =
        calls.send(
            KmsOperation.GET_PARAMETERS_FOR_IMPORT,
            key.uri(),
            call,
            r ->
                r.keyId(key.uri())
                    .wrappingAlgorithm(
                        china
                            ? AlgorithmSpec.RSAES_OAEP_SHA_256
                            : AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_256)
                    .wrappingKeySpec(WrappingKeySpec.RSA_4096));
    requireSameKey(key, parameters.keyId());
    SdkBytes wrapped = wrapped(parameters, material);
    ImportKeyMaterialResponse answer =
        calls.send(
            KmsOperation.IMPORT_KEY_MATERIAL,
            key.uri(),
            call,
            r ->
                r.keyId(key.uri())
                    .importToken(parameters.importToken())
                    .encryptedKeyMaterial(wrapped)
                    .expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE));
    if (answer.keyId() != null) {
      requireSameKey(key, answer.keyId());
    }
  }

  private SdkBytes wrapped(GetParametersForImportResponse parameters, SecretBytes material)
      throws BackendFailure {
    Bytes by = Bytes.of(parameters.publicKey().asByteArray());
    try {
      Bytes wrapped =
          china
              ? RsaOaepWrap.wrap(by, material, random)
              : RsaAesKeyWrap.SHA_256.wrap(by, material, random);
      return SdkBytes.fromByteArrayUnsafe(wrapped.toByteArray());
    } catch (EnclaveException e) {
      throw KmsCalls.REFUSALS.wrongAnswer(Texts.NO_WRAPPING_KEY.with());
    }
  }

  private static void requireSameKey(ServiceKey key, String answered) throws BackendFailure {
    if (!KmsNames.sameKey(answered, key.uri())) {
      throw KmsCalls.REFUSALS
          .wrongAnswer(Texts.ANOTHER_KEY_MEANT.with(key.uri()))
          .naming(key.uri());
    }
  }
}

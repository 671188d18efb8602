package dev.enclave.emulators.internal.aws.kms.transfer;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.crypto.Algorithms;
import dev.enclave.emulators.internal.aws.crypto.KeySpec;
import dev.enclave.emulators.internal.aws.crypto.Materials;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Answers;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Input;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.shared.KeyFinder;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.aws.kms.shared.StateRules;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** KMS Developer Guide, "Importing key material for AWS KMS keys". */
public final class Imports {

  private static final Duration TOKEN_LIFETIME = Duration.ofHours(24);
  private static final Duration LONGEST_VALIDITY = Duration.ofDays(365);
  private static final int LONGEST = 6144;
  private static final int TOKEN_BYTES = 256;
  private static final List<String> ALGORITHMS =
      List.of(
          "RSAES_PKCS1_V1_5",
          "RSAES_OAEP_SHA_1",
          "RSAES_OAEP_SHA_256",
          "RSA_AES_KEY_WRAP_SHA_1",
          "RSA_AES_KEY_WRAP_SHA_256",
          "SM2PKE");
  private static final List<String> SPECS = List.of("RSA_2048", "RSA_3072", "RSA_4096", "SM2");

  private record Parameters(
      String keyId, RsaMaterial wrappingKey, String algorithm, Instant validTo) {}

  private final Shared shared;
  private final WrappingKeys wrappingKeys;
  private final Map<String, Parameters> byToken = new ConcurrentHashMap<>();

  public Imports(Shared shared) {
    this.shared = shared;
    this.wrappingKeys = new WrappingKeys(shared.random());
  }

  public void register(Map<String, Operation> operations) {
    operations.put("GetParametersForImport", this::parameters);
    operations.put("ImportKeyMaterial", this::importMaterial);
    operations.put("DeleteImportedKeyMaterial", this::deleteMaterial);
  }

  /** KMS API Reference, GetParametersForImport: a public key and a token, valid for 24 hours. */
  private Map<String, ?> parameters(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    String algorithm = call.input().requiredChoice("WrappingAlgorithm", ALGORITHMS);
    String specName = call.input().requiredChoice("WrappingKeySpec", SPECS);
    call.input().check();
    KmsKey key = importable(call, keyId);
    StateRules.requireNotPendingDeletion(key, call);
    KeySpec wrappingSpec =
        checkWrapping(key.spec(), algorithm, specName, shared.partition().china());
    RsaMaterial wrappingKey = wrappingKeys.next(wrappingSpec);
    byte[] token = new byte[TOKEN_BYTES];
    shared.random().nextBytes(token);
    Instant validTo = call.now().plus(TOKEN_LIFETIME);
    byToken.values().removeIf(old -> old.validTo().plus(TOKEN_LIFETIME).isBefore(call.now()));
    byToken.put(
        HexFormat.of().formatHex(token), new Parameters(key.id(), wrappingKey, algorithm, validTo));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn());
    answer.put("ImportToken", token);
    answer.put("PublicKey", wrappingKey.publicKey());
    answer.put("ParametersValidTo", Answers.time(validTo));
    return answer;
  }

  /**
   * GetParametersForImport: WrappingAlgorithm, WrappingKeySpec: RSA private keys need RSA_AES; that
   * is for RSA and ECC key material only; RSA_2048 cannot wrap ECC_NIST_P521 directly;
   * RSAES_PKCS1_V1_5 is no longer supported. UnsupportedOperationException: "a specified parameter
   * is not supported". "Encrypt the key material": RSA_AES_KEY_WRAP is "not supported in China
   * Regions".
   */
  private static KeySpec checkWrapping(
      KeySpec spec, String algorithm, String wrapping, boolean china) {
    boolean direct = algorithm.startsWith("RSAES_OAEP");
    boolean twoSteps = algorithm.startsWith("RSA_AES_KEY_WRAP");
    boolean tooLong = spec == KeySpec.ECC_NIST_P521 && wrapping.equals("RSA_2048");
    boolean supported =
        (twoSteps && spec.asymmetric() && !china)
            || (direct && spec.family() != KeySpec.Family.RSA && !tooLong);
    if (!supported || wrapping.equals("SM2")) {
      throw AwsFailure.of(
          "UnsupportedOperationException",
          "Wrapping algorithm "
              + algorithm
              + " with wrapping key spec "
              + wrapping
              + " is not supported for key spec "
              + spec.name()
              + ".");
    }
    return KeySpec.valueOf(wrapping);
  }

  /** KMS API Reference, ImportKeyMaterial. */
  private Map<String, ?> importMaterial(Call call) {
    Input input = call.input();
    String keyId = KeyFinder.read(call, "KeyId");
    byte[] token = input.requiredBytes("ImportToken", 1, LONGEST);
    byte[] wrapped = input.requiredBytes("EncryptedKeyMaterial", 1, LONGEST);
    String model =
        input
            .choice(
                "ExpirationModel", List.of("KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"))
            .orElse("KEY_MATERIAL_EXPIRES");
    Optional<Instant> validTo = input.number("ValidTo").map(Imports::instant);
    input.check();
    checkExpiration(model, validTo, call.now());
    KmsKey key = importable(call, keyId);
    StateRules.requireNotPendingDeletion(key, call);
    Parameters parameters = parameters(token, key, call.now());
    byte[] encoded =
        Algorithms.unwrap(parameters.wrappingKey(), parameters.algorithm(), wrapped)
            .orElseThrow(() -> AwsFailure.of("InvalidCiphertextException", ""));
    Material material =
        Materials.imported(key.spec(), encoded, shared.random())
            .orElseThrow(() -> AwsFailure.of("IncorrectKeyMaterialException", ""));
    synchronized (key) {
      StateRules.requireNotPendingDeletion(key, call);
      key.importMaterial(material, validTo);
    }
    return Map.of("KeyId", key.arn());
  }

  /** ImportKeyMaterial: ExpirationModel and ValidTo belong together; at most 365 days ahead. */
  private static void checkExpiration(String model, Optional<Instant> validTo, Instant now) {
    boolean expires = model.equals("KEY_MATERIAL_EXPIRES");
    if (expires != validTo.isPresent()) {
      throw AwsFailure.of(
          "ValidationException",
          expires
              ? "A ValidTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"
              : "A ValidTo date cannot be set if the ExpirationModel is"
                  + " KEY_MATERIAL_DOES_NOT_EXPIRE");
    }
    if (validTo
        .filter(end -> !end.isAfter(now) || end.isAfter(now.plus(LONGEST_VALIDITY)))
        .isPresent()) {
      throw AwsFailure.of(
          "ValidationException", "ValidTo must be in the future, at most 365 days from now");
    }
  }

  /** InvalidImportTokenException, ExpiredImportTokenException: invalid, of another key, expired. */
  private Parameters parameters(byte[] token, KmsKey key, Instant now) {
    Parameters parameters = byToken.get(HexFormat.of().formatHex(token));
    if (parameters == null || !parameters.keyId().equals(key.id())) {
      throw AwsFailure.of("InvalidImportTokenException", "");
    }
    if (!now.isBefore(parameters.validTo())) {
      throw AwsFailure.of("ExpiredImportTokenException", "");
    }
    return parameters;
  }

  /**
   * KMS API Reference, DeleteImportedKeyMaterial; key states: no effect in PendingImport, and in
   * PendingDeletion the state stays.
   */
  private Map<String, ?> deleteMaterial(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    call.input().check();
    importable(call, keyId).deleteMaterial();
    return Answers.EMPTY;
  }

  /** KMS Developer Guide, "Key states", table detail [9]. */
  private KmsKey importable(Call call, String keyId) {
    KmsKey key = shared.finder().byKey(call, keyId);
    if (!key.identity().external()) {
      throw AwsFailure.of(
          "UnsupportedOperationException",
          key.arn() + " origin is AWS_KMS which is not valid for this operation.");
    }
    return key;
  }

  private static Instant instant(BigDecimal seconds) {
    return Instant.ofEpochMilli(seconds.movePointRight(3).longValue());
  }
}

package dev.enclave.emulators.internal.aws.kms.use;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.crypto.Algorithms;
import dev.enclave.emulators.internal.aws.kms.model.Ciphertext;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Answers;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Input;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.shared.KeyFinder;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.aws.kms.shared.StateRules;
import dev.enclave.emulators.internal.aws.kms.shared.UsageRules;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Encryption under symmetric and RSA keys. */
public final class Encryption {

  private static final String SYMMETRIC = "SYMMETRIC_DEFAULT";
  private static final int LONGEST_PLAINTEXT = 4096;
  private static final int LONGEST_CIPHERTEXT = 6144;
  private static final int LONGEST_DATA_KEY = 1024;
  private static final List<String> ALGORITHMS =
      List.of(SYMMETRIC, "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE");

  private final Shared shared;

  public Encryption(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<String, Operation> operations) {
    operations.put("Encrypt", this::encrypt);
    operations.put("Decrypt", this::decrypt);
    operations.put("GenerateDataKey", call -> generateDataKey(call, true));
    operations.put("GenerateDataKeyWithoutPlaintext", call -> generateDataKey(call, false));
  }

  /** KMS API Reference, Encrypt. */
  private Map<String, ?> encrypt(Call call) {
    Input input = call.input();
    String keyId = KeyFinder.read(call, "KeyId");
    byte[] plaintext = input.requiredBytes("Plaintext", 1, LONGEST_PLAINTEXT);
    Map<String, String> context = input.textMap("EncryptionContext");
    String algorithm = input.choice("EncryptionAlgorithm", ALGORITHMS).orElse(SYMMETRIC);
    boolean dryRun = input.flag("DryRun");
    input.check();
    KmsKey key = shared.finder().byAny(call, keyId);
    Material material = usableMaterial(call, key, algorithm);
    byte[] ciphertext;
    if (material instanceof RsaMaterial rsa) {
      refuseContext(context);
      checkFits(rsa, algorithm, key, plaintext);
      Answers.endDryRun(dryRun);
      ciphertext = rsa.encrypt(Algorithms.hashOf(algorithm), plaintext, shared.random());
    } else {
      Answers.endDryRun(dryRun);
      ciphertext = Ciphertext.seal(key, plaintext, context, shared.random());
    }
    return answer(key, algorithm, "CiphertextBlob", ciphertext);
  }

  /**
   * KMS API Reference, Encrypt: the largest plaintexts of each RSA spec and algorithm. The
   * reference names no error for larger ones.
   */
  private static void checkFits(RsaMaterial rsa, String algorithm, KmsKey key, byte[] plaintext) {
    int most = rsa.mostPlaintext(Algorithms.hashOf(algorithm));
    if (plaintext.length > most) {
      throw AwsFailure.of(
          "ValidationException",
          "Algorithm "
              + algorithm
              + " and key spec "
              + key.spec().name()
              + " cannot encrypt data larger than "
              + most
              + " bytes.");
    }
  }

  /** Encrypt: EncryptionContext: "valid only … with a symmetric encryption KMS key". */
  private static void refuseContext(Map<String, String> context) {
    if (!context.isEmpty()) {
      throw AwsFailure.of(
          "ValidationException", "EncryptionContext is valid only for symmetric encryption keys.");
    }
  }

  /**
   * KMS API Reference, Decrypt: KeyId "is required only when the ciphertext was encrypted under an
   * asymmetric KMS key"; another key than the ciphertext's is an IncorrectKeyException.
   */
  private Map<String, ?> decrypt(Call call) {
    Input input = call.input();
    byte[] blob = input.requiredBytes("CiphertextBlob", 1, LONGEST_CIPHERTEXT);
    Map<String, String> context = input.textMap("EncryptionContext");
    Optional<String> keyId = input.text("KeyId", 1, 2048);
    String algorithm = input.choice("EncryptionAlgorithm", ALGORITHMS).orElse(SYMMETRIC);
    boolean dryRun = input.flag("DryRun");
    input.check();
    refuseRecipient(input);
    return algorithm.equals(SYMMETRIC)
        ? decryptSymmetric(call, blob, context, keyId, dryRun)
        : decryptRsa(call, blob, context, keyId, algorithm, dryRun);
  }

  private Map<String, ?> decryptSymmetric(
      Call call, byte[] blob, Map<String, String> context, Optional<String> keyId, boolean dryRun) {
    Optional<KmsKey> named = keyId.map(id -> shared.finder().byAny(call, id));
    named.ifPresent(key -> usableMaterial(call, key, SYMMETRIC));
    Ciphertext ciphertext = Ciphertext.parse(blob).orElseThrow(Encryption::invalidCiphertext);
    if (named.filter(key -> !key.id().equals(ciphertext.keyId())).isPresent()) {
      throw AwsFailure.of(
          "IncorrectKeyException",
          "The key ID in the request does not identify a CMK that can perform this operation.");
    }
    KmsKey key =
        shared
            .keys()
            .find(ciphertext.keyId(), call.now())
            .orElseThrow(
                () ->
                    AwsFailure.of(
                        "AccessDeniedException",
                        "The ciphertext refers to a customer master key that does not exist, does"
                            + " not exist in this region, or you are not allowed to access."));
    call.concerns(key.id());
    shared.access().check(call, key);
    usableMaterial(call, key, SYMMETRIC);
    byte[] plaintext = ciphertext.open(key, context).orElseThrow(Encryption::invalidCiphertext);
    Answers.endDryRun(dryRun);
    return answer(key, SYMMETRIC, "Plaintext", plaintext);
  }

  private Map<String, ?> decryptRsa(
      Call call,
      byte[] blob,
      Map<String, String> context,
      Optional<String> keyId,
      String algorithm,
      boolean dryRun) {
    KmsKey key =
        shared
            .finder()
            .byAny(
                call,
                keyId.orElseThrow(
                    () ->
                        AwsFailure.of(
                            "ValidationException",
                            "KeyId is required for asymmetric decryption.")));
    Material material = usableMaterial(call, key, algorithm);
    refuseContext(context);
    byte[] plaintext =
        ((RsaMaterial) material)
            .decrypt(Algorithms.hashOf(algorithm), blob)
            .orElseThrow(Encryption::invalidCiphertext);
    Answers.endDryRun(dryRun);
    return answer(key, algorithm, "Plaintext", plaintext);
  }

  /** KMS API Reference, GenerateDataKey: either KeySpec or NumberOfBytes, "but not both". */
  private Map<String, ?> generateDataKey(Call call, boolean plaintextToo) {
    Input input = call.input();
    String keyId = KeyFinder.read(call, "KeyId");
    Map<String, String> context = input.textMap("EncryptionContext");
    OptionalInt bytes = input.integer("NumberOfBytes", 1, LONGEST_DATA_KEY);
    Optional<String> spec = input.choice("KeySpec", List.of("AES_256", "AES_128"));
    boolean dryRun = input.flag("DryRun");
    input.check();
    refuseRecipient(input);
    if (bytes.isPresent() == spec.isPresent()) {
      throw AwsFailure.of(
          "ValidationException", "Please specify either number of bytes or key spec.");
    }
    KmsKey key = shared.finder().byAny(call, keyId);
    usableMaterial(call, key, SYMMETRIC);
    Answers.endDryRun(dryRun);
    byte[] dataKey =
        new byte[spec.map(name -> name.equals("AES_256") ? 32 : 16).orElseGet(bytes::getAsInt)];
    shared.random().nextBytes(dataKey);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("CiphertextBlob", Ciphertext.seal(key, dataKey, context, shared.random()));
    answer.put("KeyId", key.arn());
    if (plaintextToo) {
      answer.put("Plaintext", dataKey);
    }
    return answer;
  }

  private static void refuseRecipient(Input input) {
    if (input.has("Recipient")) {
      throw AwsFailure.of(
          "UnsupportedOperationException", "Attestation documents are not served here.");
    }
  }

  private static Material usableMaterial(Call call, KmsKey key, String algorithm) {
    StateRules.requireEnabled(key, call);
    UsageRules.require(key, "ENCRYPT_DECRYPT", call);
    if (!key.spec().encryptionAlgorithms().contains(algorithm)) {
      throw UsageRules.incompatible(algorithm, key);
    }
    List<Material> materials = key.materials();
    if (materials.isEmpty()) {
      throw AwsFailure.of("KMSInvalidStateException", key.arn() + " is pending import.");
    }
    return materials.get(materials.size() - 1);
  }

  private static Map<String, Object> answer(
      KmsKey key, String algorithm, String member, byte[] value) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(member, value);
    answer.put("KeyId", key.arn());
    answer.put("EncryptionAlgorithm", algorithm);
    return answer;
  }

  private static AwsFailure invalidCiphertext() {
    return AwsFailure.of("InvalidCiphertextException", "");
  }
}

package dev.enclave.emulators.internal.aws.kms.use;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.crypto.Algorithms;
import dev.enclave.emulators.internal.aws.kms.model.KeyMetadata;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Answers;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.shared.KeyFinder;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.aws.kms.shared.StateRules;
import dev.enclave.emulators.internal.aws.kms.shared.UsageRules;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Signatures of asymmetric keys. */
public final class Signing {

  // Sign: Message: up to 4096 bytes. The text says "0-4096", the constraints "Minimum length of 1".
  private static final int LONGEST_MESSAGE = 4096;
  private static final int LONGEST_SIGNATURE = 6144;
  private static final List<String> MESSAGE_TYPES = List.of("RAW", "DIGEST", "EXTERNAL_MU");
  private static final List<String> ALGORITHMS =
      List.of(
          "RSASSA_PSS_SHA_256",
          "RSASSA_PSS_SHA_384",
          "RSASSA_PSS_SHA_512",
          "RSASSA_PKCS1_V1_5_SHA_256",
          "RSASSA_PKCS1_V1_5_SHA_384",
          "RSASSA_PKCS1_V1_5_SHA_512",
          "ECDSA_SHA_256",
          "ECDSA_SHA_384",
          "ECDSA_SHA_512",
          "SM2DSA",
          "ML_DSA_SHAKE_256",
          "ED25519_SHA_512",
          "ED25519_PH_SHA_512");

  private final Shared shared;

  public Signing(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<String, Operation> operations) {
    operations.put("GetPublicKey", this::publicKey);
    operations.put("Sign", this::sign);
    operations.put("Verify", this::verify);
  }

  /** KMS API Reference, GetPublicKey; key states: as for cryptographic operations. */
  private Map<String, ?> publicKey(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    call.input().check();
    KmsKey key = shared.finder().byAny(call, keyId);
    if (!key.spec().asymmetric()) {
      // GetPublicKey: errors: UnsupportedOperationException: "not valid for this operation".
      throw AwsFailure.of(
          "UnsupportedOperationException",
          key.arn()
              + " key spec is "
              + key.spec().name()
              + " which is not valid for GetPublicKey.");
    }
    SigningMaterial material = material(key, call);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn());
    answer.put("PublicKey", material.publicKey());
    answer.put("CustomerMasterKeySpec", key.spec().name());
    answer.put("KeySpec", key.spec().name());
    answer.put("KeyUsage", key.identity().usage());
    KeyMetadata.putAlgorithms(key, answer);
    return answer;
  }

  /** KMS API Reference, Sign: KeyId in the answer is the key ARN. */
  private Map<String, ?> sign(Call call) {
    Request request = read(call);
    boolean dryRun = call.input().flag("DryRun");
    call.input().check();
    KmsKey key = usableKey(call, request);
    SigningMaterial material = material(key, call);
    byte[] input = request.input();
    Answers.endDryRun(dryRun);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn());
    answer.put("Signature", Algorithms.sign(material, request.algorithm, input, shared.random()));
    answer.put("SigningAlgorithm", request.algorithm);
    return answer;
  }

  /**
   * KMS API Reference, Verify: SignatureValid is true, or else the operation fails with
   * KMSInvalidSignatureException.
   */
  private Map<String, ?> verify(Call call) {
    Request request = read(call);
    byte[] signature = call.input().requiredBytes("Signature", 1, LONGEST_SIGNATURE);
    boolean dryRun = call.input().flag("DryRun");
    call.input().check();
    KmsKey key = usableKey(call, request);
    SigningMaterial material = material(key, call);
    byte[] input = request.input();
    Answers.endDryRun(dryRun);
    if (!Algorithms.verify(material, request.algorithm, input, signature)) {
      throw AwsFailure.of("KMSInvalidSignatureException", "");
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn());
    answer.put("SignatureValid", true);
    answer.put("SigningAlgorithm", request.algorithm);
    return answer;
  }

  private static Request read(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    byte[] message = call.input().requiredBytes("Message", 1, LONGEST_MESSAGE);
    String type = call.input().choice("MessageType", MESSAGE_TYPES).orElse("RAW");
    String algorithm = call.input().requiredChoice("SigningAlgorithm", ALGORITHMS);
    return new Request(keyId, message, type, algorithm);
  }

  /**
   * InvalidKeyUsageException: "The KeyUsage value of the KMS key is incompatible with the API
   * operation", or the algorithm "with the type of key material in the KMS key (KeySpec)".
   */
  private KmsKey usableKey(Call call, Request request) {
    KmsKey key = shared.finder().byAny(call, request.keyId);
    StateRules.requireEnabled(key, call);
    UsageRules.require(key, "SIGN_VERIFY", call);
    if (!key.spec().signingAlgorithms().contains(request.algorithm)) {
      throw UsageRules.incompatible(request.algorithm, key);
    }
    return key;
  }

  private static SigningMaterial material(KmsKey key, Call call) {
    StateRules.requireEnabled(key, call);
    return key.materials().stream()
        .map(SigningMaterial.class::cast)
        .findFirst()
        .orElseThrow(
            () -> AwsFailure.of("KMSInvalidStateException", key.arn() + " is pending import."));
  }

  private static final class Request {

    private final String keyId;
    private final byte[] message;
    private final String type;
    private final String algorithm;

    Request(String keyId, byte[] message, String type, String algorithm) {
      this.keyId = keyId;
      this.message = message;
      this.type = type;
      this.algorithm = algorithm;
    }

    /** What the algorithm is given: the message's hash, or for Ed25519 what was sent. */
    byte[] input() {
      if (algorithm.startsWith("ED25519")) {
        return edwardsInput();
      }
      Hash hash = Algorithms.hashOf(algorithm);
      return switch (type) {
        case "RAW" -> hash.of(message);
        case "DIGEST" -> digest(hash);
        default -> throw wrongType();
      };
    }

    /**
     * CreateKey: KeySpec: "the ED25519_SHA_512 signing algorithm requires MessageType:RAW, while
     * ED25519_PH_SHA_512 requires MessageType:DIGEST. These message types cannot be used
     * interchangeably." The reference names no error for that.
     */
    private byte[] edwardsInput() {
      if (algorithm.equals("ED25519_SHA_512")) {
        if (!type.equals("RAW")) {
          throw wrongType();
        }
        return message;
      }
      if (!type.equals("DIGEST")) {
        throw wrongType();
      }
      return digest(Hash.SHA_512);
    }

    /** Sign: MessageType: the length of a digest "must match the length of hashed messages". */
    private byte[] digest(Hash hash) {
      if (message.length != hash.length()) {
        throw AwsFailure.of(
            "ValidationException", "Digest is invalid length for algorithm " + algorithm + ".");
      }
      return message;
    }

    private AwsFailure wrongType() {
      return AwsFailure.of(
          "ValidationException",
          "MessageType " + type + " is not valid for algorithm " + algorithm + ".");
    }
  }
}

package dev.enclave.emulators.internal.aws.kms.use;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.crypto.Algorithms;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Answers;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.shared.KeyFinder;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.aws.kms.shared.StateRules;
import dev.enclave.emulators.internal.aws.kms.shared.UsageRules;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.util.Arrays;

/** HMAC keys, and random bytes. */
public final class Macs {

  private static final List<String> ALGORITHMS =
      List.of("HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512");

  private final Shared shared;

  public Macs(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<String, Operation> operations) {
    operations.put("GenerateMac", this::generate);
    operations.put("VerifyMac", this::verify);
    operations.put("GenerateRandom", this::random);
  }

  /** KMS API Reference, GenerateMac. */
  private Map<String, ?> generate(Call call) {
    Computation computation = read(call);
    boolean dryRun = call.input().flag("DryRun");
    call.input().check();
    byte[] mac = compute(call, computation);
    Answers.endDryRun(dryRun);
    return answer(call, computation, "Mac", mac);
  }

  /** KMS API Reference, VerifyMac: KMSInvalidMacException if it does not match. */
  private Map<String, ?> verify(Call call) {
    Computation computation = read(call);
    byte[] mac = call.input().requiredBytes("Mac", 1, 6144);
    boolean dryRun = call.input().flag("DryRun");
    call.input().check();
    byte[] expected = compute(call, computation);
    Answers.endDryRun(dryRun);
    if (!Arrays.constantTimeAreEqual(expected, mac)) {
      throw AwsFailure.of("KMSInvalidMacException", "");
    }
    return answer(call, computation, "MacValid", true);
  }

  private static Computation read(Call call) {
    return new Computation(
        KeyFinder.read(call, "KeyId"),
        call.input().requiredBytes("Message", 1, 4096),
        call.input().requiredChoice("MacAlgorithm", ALGORITHMS));
  }

  private byte[] compute(Call call, Computation computation) {
    KmsKey key = shared.finder().byAny(call, computation.keyId);
    StateRules.requireEnabled(key, call);
    UsageRules.require(key, "GENERATE_VERIFY_MAC", call);
    if (!key.spec().macAlgorithms().contains(computation.algorithm)) {
      throw UsageRules.incompatible(computation.algorithm, key);
    }
    Material material = key.materials().get(0);
    return ((SecretMaterial) material)
        .mac(Algorithms.hashOf(computation.algorithm), computation.message);
  }

  private Map<String, Object> answer(
      Call call, Computation computation, String member, Object value) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", shared.partition().keyArn(call.keyId().orElseThrow()));
    answer.put(member, value);
    answer.put("MacAlgorithm", computation.algorithm);
    return answer;
  }

  /** KMS API Reference, GenerateRandom: NumberOfBytes from 1 to 1024. */
  private Map<String, ?> random(Call call) {
    int length = call.input().integer("NumberOfBytes", 1, 1024).orElse(0);
    if (!call.input().has("NumberOfBytes")) {
      call.input().missing("NumberOfBytes");
    }
    call.input().check();
    shared.access().checkResource(call, "GenerateRandom", "*");
    byte[] bytes = new byte[length];
    shared.random().nextBytes(bytes);
    return Map.of("Plaintext", bytes);
  }

  private static final class Computation {

    private final String keyId;
    private final byte[] message;
    private final String algorithm;

    Computation(String keyId, byte[] message, String algorithm) {
      this.keyId = keyId;
      this.message = message;
      this.algorithm = algorithm;
    }
  }
}

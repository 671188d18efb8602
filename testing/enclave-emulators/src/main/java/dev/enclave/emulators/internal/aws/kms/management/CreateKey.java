package dev.enclave.emulators.internal.aws.kms.management;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.crypto.KeySpec;
import dev.enclave.emulators.internal.aws.crypto.Materials;
import dev.enclave.emulators.internal.aws.kms.model.CustomKeyStores;
import dev.enclave.emulators.internal.aws.kms.model.KeyMetadata;
import dev.enclave.emulators.internal.aws.kms.model.KeyPolicy;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Input;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.request.TagRules;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.crypto.Material;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** KMS API Reference, CreateKey. */
final class CreateKey implements Operation {

  // KMS Developer Guide, "Resource quotas": 100,000 KMS keys, key policy documents of 32 KB.
  private static final int MOST_KEYS = 100_000;
  private static final int LONGEST_POLICY = 32_768;
  private static final int LONGEST_DESCRIPTION = 8192;

  private static final List<String> SPECS =
      Stream.concat(
              Arrays.stream(KeySpec.values()).map(Enum::name),
              Stream.of(
                  "SM2",
                  "ML_DSA_44",
                  "ML_DSA_65",
                  "ML_DSA_87",
                  "ML_KEM_512",
                  "ML_KEM_768",
                  "ML_KEM_1024"))
          .toList();
  private static final List<String> USAGES =
      List.of("SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT");
  private static final List<String> ORIGINS =
      List.of("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE");

  private final Shared shared;

  CreateKey(Shared shared) {
    this.shared = shared;
  }

  @Override
  public Map<String, ?> apply(Call call) {
    Input input = call.input();
    Optional<String> policyText = input.text("Policy", 1, 131_072);
    String description = input.text("Description", 0, LONGEST_DESCRIPTION).orElse("");
    Optional<String> usage = input.choice("KeyUsage", USAGES);
    // CreateKey: CustomerMasterKeySpec: the deprecated name of KeySpec; both work the same way.
    Optional<String> specName =
        input.choice("KeySpec", SPECS).or(() -> input.choice("CustomerMasterKeySpec", SPECS));
    String origin = input.choice("Origin", ORIGINS).orElse("AWS_KMS");
    boolean bypass = input.flag("BypassPolicyLockoutSafetyCheck");
    boolean multiRegion = input.flag("MultiRegion");
    Map<String, String> tags = TagRules.read(input);
    input.check();
    TagRules.checkCount(tags.size());

    KeySpec spec = servedSpec(specName.orElse("SYMMETRIC_DEFAULT"));
    String checkedUsage = usageFor(spec, usage);
    call.brings(tags);
    String id = newId(multiRegion);
    shared.access().checkResource(call, "CreateKey", "*");
    if (!tags.isEmpty()) {
      // CreateKey: Tags: "To use this parameter, you must have kms:TagResource permission"; by
      // "Controlling access to tags", "in an IAM policy that isn't restricted to particular KMS
      // keys", since there is none yet: one for all keys of the account will do.
      shared.access().checkResource(call, "TagResource", shared.partition().keyArn("*"));
    }
    // IAM User Guide, "Policy evaluation logic": what is there, and what a policy says, is looked
    // at
    // once the request is authorized.
    Optional<CustomKeyStores.Place> place =
        shared.stores().forKey(input, origin, spec.name(), multiRegion);
    KeyPolicy policy = policyFor(call, policyText, bypass);
    if (shared.keys().count() >= MOST_KEYS) {
      throw AwsFailure.of(
          "LimitExceededException", "The quota of " + MOST_KEYS + " keys is reached");
    }

    boolean external = origin.equals("EXTERNAL");
    KmsKey.Identity identity =
        new KmsKey.Identity(
            id,
            shared.partition().keyArn(id),
            spec,
            checkedUsage,
            external,
            place,
            multiRegion,
            call.now());
    Optional<Material> material =
        external ? Optional.empty() : Optional.of(Materials.generate(spec, shared.random()));
    KmsKey key =
        new KmsKey(
            identity,
            () ->
                place.map(CustomKeyStores.Place::store).map(shared.stores()::reached).orElse(true),
            description,
            policy,
            tags,
            material,
            shared.keys().lags());
    shared.keys().add(key);
    call.concerns(id);
    return Map.of("KeyMetadata", KeyMetadata.of(key, shared.partition(), call.now()));
  }

  /** CreateKey: KeySpec: SYMMETRIC_DEFAULT is a key for SM4 in China Regions. */
  private KeySpec servedSpec(String name) {
    return KeySpec.named(name)
        .filter(spec -> spec != KeySpec.SYMMETRIC_DEFAULT || !shared.partition().china())
        .orElseThrow(
            () ->
                AwsFailure.of(
                    "UnsupportedOperationException", "KeySpec " + name + " is not served here."));
  }

  /** CreateKey: KeyUsage: "optional when you are creating a symmetric encryption KMS key". */
  private static String usageFor(KeySpec spec, Optional<String> usage) {
    if (usage.isEmpty() && spec != KeySpec.SYMMETRIC_DEFAULT) {
      throw AwsFailure.of(
          "ValidationException",
          "You must specify a KeyUsage value for all KMS keys except for"
              + " symmetric encryption keys.");
    }
    String chosen = usage.orElse("ENCRYPT_DECRYPT");
    if (chosen.equals("KEY_AGREEMENT") && spec.name().startsWith("ECC_NIST_P")) {
      throw AwsFailure.of(
          "UnsupportedOperationException", "KeyUsage KEY_AGREEMENT is not served here.");
    }
    if (!spec.usages().contains(chosen)) {
      throw AwsFailure.of(
          "ValidationException",
          "KeyUsage " + chosen + " is not compatible with KeySpec " + spec.name());
    }
    return chosen;
  }

  private KeyPolicy policyFor(Call call, Optional<String> text, boolean bypass) {
    if (text.isEmpty()) {
      return KeyPolicy.standard(shared.partition());
    }
    return checkedPolicy(call, text.get(), bypass, shared);
  }

  /**
   * CreateKey and PutKeyPolicy: Policy: it "must allow the calling principal to make a subsequent
   * PutKeyPolicy request", unless BypassPolicyLockoutSafetyCheck is set.
   */
  static KeyPolicy checkedPolicy(Call call, String text, boolean bypass, Shared shared) {
    if (text.length() > LONGEST_POLICY) {
      throw AwsFailure.of("LimitExceededException", "A key policy can have at most 32 KB");
    }
    KeyPolicy policy = KeyPolicy.parse(text);
    if (!bypass
        && policy.verdict(call.caller(), "kms:PutKeyPolicy", shared.partition())
            != KeyPolicy.Verdict.ALLOWED) {
      throw AwsFailure.of(
          "MalformedPolicyDocumentException",
          "The new key policy will not allow you to update the key policy in the future.");
    }
    return policy;
  }

  /**
   * KMS Developer Guide, "Key identifiers": ids of multi-Region keys begin with {@code mrk-}
   * followed by 32 hexadecimal characters, others are UUIDs.
   */
  private String newId(boolean multiRegion) {
    byte[] bytes = new byte[16];
    shared.random().nextBytes(bytes);
    bytes[6] = (byte) ((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (byte) ((bytes[8] & 0x3F) | 0x80);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    String uuid = new UUID(buffer.getLong(), buffer.getLong()).toString();
    return multiRegion ? "mrk-" + uuid.replace("-", "") : uuid;
  }
}

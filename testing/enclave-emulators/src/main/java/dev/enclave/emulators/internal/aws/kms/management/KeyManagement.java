package dev.enclave.emulators.internal.aws.kms.management;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.kms.model.KeyMetadata;
import dev.enclave.emulators.internal.aws.kms.model.KeyState;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Answers;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.request.Page;
import dev.enclave.emulators.internal.aws.kms.shared.KeyFinder;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.aws.kms.shared.StateRules;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looking at keys, their states and their policies. */
public final class KeyManagement {

  // ScheduleKeyDeletion: PendingWindowInDays: between 7 and 30, 30 by default.
  private static final int SHORTEST_WINDOW = 7;
  private static final int LONGEST_WINDOW = 30;
  private static final int LONGEST_DESCRIPTION = 8192;

  private final Shared shared;

  public KeyManagement(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<String, Operation> operations) {
    operations.put("CreateKey", new CreateKey(shared));
    operations.put("DescribeKey", this::describe);
    operations.put("ListKeys", this::list);
    operations.put("EnableKey", this::enable);
    operations.put("DisableKey", this::disable);
    operations.put("ScheduleKeyDeletion", this::scheduleDeletion);
    operations.put("CancelKeyDeletion", this::cancelDeletion);
    operations.put("UpdateKeyDescription", this::updateDescription);
    operations.put("GetKeyPolicy", this::getPolicy);
    operations.put("PutKeyPolicy", this::putPolicy);
    operations.put("ListKeyPolicies", this::listPolicies);
  }

  /** KMS API Reference, DescribeKey. */
  private Map<String, ?> describe(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    call.input().check();
    KmsKey key = shared.finder().byAny(call, keyId);
    return Map.of("KeyMetadata", KeyMetadata.of(key, shared.partition(), call.now()));
  }

  /** KMS API Reference, ListKeys: Limit between 1 and 1000, 100 by default. */
  private Map<String, ?> list(Call call) {
    Page page = Page.read(call.input(), 1000, 100, shared.mostItems());
    shared.access().checkResource(call, "ListKeys", "*");
    for (KmsKey key : shared.keys().after(page.after()).values()) {
      if (key.visible(call.now())
          && !page.add(key.id(), Map.of("KeyId", key.id(), "KeyArn", key.arn()))) {
        break;
      }
    }
    return page.answer("Keys");
  }

  /** KMS API Reference, EnableKey. */
  private Map<String, ?> enable(Call call) {
    return setEnabled(call, true);
  }

  /** KMS API Reference, DisableKey. */
  private Map<String, ?> disable(Call call) {
    return setEnabled(call, false);
  }

  private Map<String, ?> setEnabled(Call call, boolean enabled) {
    KmsKey key = keyById(call);
    synchronized (key) {
      StateRules.requireMaterial(key, call);
      key.enabled(enabled);
    }
    return Answers.EMPTY;
  }

  /** KMS API Reference, ScheduleKeyDeletion. */
  private Map<String, ?> scheduleDeletion(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    int days =
        call.input()
            .integer("PendingWindowInDays", SHORTEST_WINDOW, LONGEST_WINDOW)
            .orElse(LONGEST_WINDOW);
    call.input().check();
    KmsKey key = shared.finder().byKey(call, keyId);
    Instant when = call.now().plus(Duration.ofDays(days));
    synchronized (key) {
      StateRules.requireNotPendingDeletion(key, call);
      shared.keys().scheduleDeletion(key, when);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn());
    answer.put("DeletionDate", Answers.time(when));
    answer.put("KeyState", KeyState.PENDING_DELETION.text());
    answer.put("PendingWindowInDays", days);
    return answer;
  }

  /** KMS API Reference, CancelKeyDeletion. */
  private Map<String, ?> cancelDeletion(Call call) {
    KmsKey key = keyById(call);
    synchronized (key) {
      StateRules.requirePendingDeletion(key, call);
      key.cancelDeletion();
    }
    return Map.of("KeyId", key.arn());
  }

  /** KMS API Reference, UpdateKeyDescription. */
  private Map<String, ?> updateDescription(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    String description = call.input().requiredText("Description", 0, LONGEST_DESCRIPTION);
    call.input().check();
    KmsKey key = shared.finder().byKey(call, keyId);
    StateRules.requireNotPendingDeletion(key, call);
    key.description(description);
    return Answers.EMPTY;
  }

  /** KMS API Reference, GetKeyPolicy: "the only valid policy name is default". */
  private Map<String, ?> getPolicy(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    checkPolicyName(call);
    KmsKey key = shared.finder().byKey(call, keyId);
    return Map.of("Policy", key.policy().text(), "PolicyName", "default");
  }

  /** KMS API Reference, PutKeyPolicy. */
  private Map<String, ?> putPolicy(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    String text = call.input().requiredText("Policy", 1, 131_072);
    boolean bypass = call.input().flag("BypassPolicyLockoutSafetyCheck");
    checkPolicyName(call);
    KmsKey key = shared.finder().byKey(call, keyId);
    key.policy(CreateKey.checkedPolicy(call, text, bypass, shared));
    return Answers.EMPTY;
  }

  private static void checkPolicyName(Call call) {
    String name = call.input().text("PolicyName", 1, 128).orElse("default");
    call.input().check();
    if (!name.equals("default")) {
      throw AwsFailure.of("NotFoundException", "No such policy exists");
    }
  }

  /** KMS API Reference, ListKeyPolicies. */
  private Map<String, ?> listPolicies(Call call) {
    keyById(call);
    return Map.of("PolicyNames", List.of("default"), "Truncated", false);
  }

  private KmsKey keyById(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    call.input().check();
    return shared.finder().byKey(call, keyId);
  }
}

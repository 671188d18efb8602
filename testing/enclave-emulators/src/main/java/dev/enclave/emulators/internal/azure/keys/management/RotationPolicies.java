package dev.enclave.emulators.internal.azure.keys.management;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.model.IsoDuration;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.RotationPolicy;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** REST API, Get Key Rotation Policy and Update Key Rotation Policy. */
public final class RotationPolicies {

  static final String ROTATE = "Rotate";
  private static final String NOTIFY = "Notify";
  private static final Duration SHORTEST_ROTATION = Duration.ofDays(7);
  private static final Duration SHORTEST_EXPIRY = Duration.ofDays(28);

  private final Shared shared;

  public RotationPolicies(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.GET_KEY_ROTATION_POLICY, this::get);
    operations.put(KeyVaultOperation.UPDATE_KEY_ROTATION_POLICY, this::update);
  }

  /** Notification is by default 30 days before expiry. */
  private Map<String, ?> get(Call call) {
    KeyEntry key = shared.vault().key(call.route().name(), call.now());
    return answer(
        key,
        key.policy()
            .orElse(
                new RotationPolicy(
                    Optional.empty(),
                    List.of(
                        new RotationPolicy.Action(NOTIFY, Optional.empty(), Optional.of("P30D"))),
                    0,
                    0)));
  }

  private Map<String, ?> update(Call call) {
    List<RotationPolicy.Action> actions = new ArrayList<>();
    for (Input action : call.input().objects("lifetimeActions")) {
      actions.add(action(action));
    }
    Optional<String> expiry =
        call.input().object("attributes").flatMap(input -> input.text("expiryTime"));
    check(actions, expiry);
    long now = call.now().getEpochSecond();
    KeyEntry key =
        shared
            .vault()
            .change(
                call.route().name(),
                call.now(),
                current -> {
                  checkRotatable(current, actions);
                  long created = current.policy().map(RotationPolicy::created).orElse(now);
                  return current.with(
                      new RotationPolicy(expiry, List.copyOf(actions), created, now));
                });
    return answer(key, key.policy().orElseThrow());
  }

  /** "The value should be compared case-insensitively." */
  private static RotationPolicy.Action action(Input input) {
    String type = input.requiredObject("action").requiredText("type");
    Input trigger = input.requiredObject("trigger");
    if (!type.equalsIgnoreCase(ROTATE) && !type.equalsIgnoreCase(NOTIFY)) {
      throw AzureFailure.badParameter("The action type " + type + " is not Rotate or Notify.");
    }
    return new RotationPolicy.Action(
        type.equalsIgnoreCase(ROTATE) ? ROTATE : NOTIFY,
        trigger.text("timeAfterCreate").filter(text -> !text.isEmpty()),
        trigger.text("timeBeforeExpiry").filter(text -> !text.isEmpty()));
  }

  /**
   * lifetimeActions: "two items at maximum: one for rotate, one for notify"; expiryTime: "at least
   * 28 days". "Configure key auto-rotation": Rotation time has a "minimum value of 7 days from
   * creation and 7 days from expiration time"; a time before expiry "requires Expiry Time".
   */
  private static void check(List<RotationPolicy.Action> actions, Optional<String> expiry) {
    expiry.ifPresent(text -> requireAtLeast("expiryTime", text, SHORTEST_EXPIRY));
    if (actions.stream().map(RotationPolicy.Action::type).distinct().count() < actions.size()) {
      throw AzureFailure.badParameter("There is more than one action of a type.");
    }
    for (RotationPolicy.Action action : actions) {
      checkTrigger(action, expiry);
    }
  }

  private static void checkTrigger(RotationPolicy.Action action, Optional<String> expiry) {
    boolean rotates = action.type().equals(ROTATE);
    if (action.timeAfterCreate().isPresent() == action.timeBeforeExpiry().isPresent()) {
      throw AzureFailure.badParameter("A trigger has either timeAfterCreate or timeBeforeExpiry.");
    }
    if (!rotates && action.timeAfterCreate().isPresent()) {
      throw AzureFailure.badParameter("The trigger timeAfterCreate is for Rotate alone.");
    }
    if (rotates && action.timeBeforeExpiry().isPresent() && expiry.isEmpty()) {
      throw AzureFailure.badParameter("The trigger timeBeforeExpiry requires an expiryTime.");
    }
    if (rotates) {
      action
          .timeAfterCreate()
          .ifPresent(text -> requireAtLeast("timeAfterCreate", text, SHORTEST_ROTATION));
      action
          .timeBeforeExpiry()
          .ifPresent(text -> requireAtLeast("timeBeforeExpiry", text, SHORTEST_ROTATION));
    }
  }

  private static void requireAtLeast(String name, String text, Duration least) {
    boolean longEnough =
        IsoDuration.parse(text).filter(duration -> duration.isAtLeast(least)).isPresent();
    if (!longEnough) {
      throw AzureFailure.badParameter(
          name + " must be an ISO 8601 duration of at least " + least.toDays() + " days.");
    }
  }

  /** Material from outside cannot be made anew. */
  private static void checkRotatable(KeyEntry key, List<RotationPolicy.Action> actions) {
    if (key.current().imported()
        && actions.stream().anyMatch(action -> action.type().equals(ROTATE))) {
      throw AzureFailure.badParameter("An imported key cannot be rotated automatically.");
    }
  }

  private Map<String, Object> answer(KeyEntry key, RotationPolicy policy) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    policy.expiryTime().ifPresent(text -> attributes.put("expiryTime", text));
    if (policy.created() > 0) {
      attributes.put("created", policy.created());
      attributes.put("updated", policy.updated());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("id", shared.settings().keyUrl(key.name()) + "/rotationpolicy");
    answer.put("lifetimeActions", policy.actions().stream().map(RotationPolicies::answer).toList());
    answer.put("attributes", attributes);
    return answer;
  }

  private static Map<String, Object> answer(RotationPolicy.Action action) {
    Map<String, Object> trigger = new LinkedHashMap<>();
    action.timeAfterCreate().ifPresent(text -> trigger.put("timeAfterCreate", text));
    action.timeBeforeExpiry().ifPresent(text -> trigger.put("timeBeforeExpiry", text));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("trigger", trigger);
    answer.put("action", Map.of("type", action.type()));
    return answer;
  }
}

package dev.enclave.emulators.internal.aws.kms.management;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.crypto.KeySpec;
import dev.enclave.emulators.internal.aws.crypto.Materials;
import dev.enclave.emulators.internal.aws.kms.model.KeyState;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Answers;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.shared.KeyFinder;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.aws.kms.shared.StateRules;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rotation of symmetric keys. KMS API Reference, EnableKeyRotation: "You cannot enable automatic
 * rotation of asymmetric KMS keys, HMAC KMS keys, KMS keys with imported key material", which is an
 * UnsupportedOperationException. The automatic rotation itself does not happen here; its dates are
 * told.
 */
public final class Rotations {

  private static final int SHORTEST_PERIOD = 90;
  private static final int LONGEST_PERIOD = 2560;
  private static final int STANDARD_PERIOD = 365;
  // RotateKeyOnDemand: "a maximum of 10 times per KMS key".
  private static final int MOST_ON_DEMAND = 10;

  private final Shared shared;

  public Rotations(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<String, Operation> operations) {
    operations.put("EnableKeyRotation", this::enable);
    operations.put("DisableKeyRotation", this::disable);
    operations.put("GetKeyRotationStatus", this::status);
    operations.put("RotateKeyOnDemand", this::rotate);
  }

  /** KMS API Reference, EnableKeyRotation. */
  private Map<String, ?> enable(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    int period =
        call.input()
            .integer("RotationPeriodInDays", SHORTEST_PERIOD, LONGEST_PERIOD)
            .orElse(STANDARD_PERIOD);
    call.input().check();
    KmsKey key = rotatable(call, keyId);
    StateRules.requireEnabled(key, call);
    key.rotation().enable(call.now(), period);
    return Answers.EMPTY;
  }

  /** KMS API Reference, DisableKeyRotation. */
  private Map<String, ?> disable(Call call) {
    KmsKey key = rotatable(call);
    StateRules.requireEnabled(key, call);
    key.rotation().disable();
    return Answers.EMPTY;
  }

  /** KMS API Reference, GetKeyRotationStatus: false while the key is pending deletion. */
  private Map<String, ?> status(Call call) {
    KmsKey key = rotatable(call);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("KeyId", key.arn());
    boolean pending = key.state(call.now()) == KeyState.PENDING_DELETION;
    answer.put("KeyRotationEnabled", !pending && key.rotation().since().isPresent());
    key.rotation()
        .since()
        .filter(since -> !pending)
        .ifPresent(
            since -> {
              int period = key.rotation().periodInDays();
              answer.put("RotationPeriodInDays", period);
              answer.put("NextRotationDate", Answers.time(next(since, period, call.now())));
            });
    return answer;
  }

  private static Instant next(Instant since, int periodInDays, Instant now) {
    Duration period = Duration.ofDays(periodInDays);
    long passed = Duration.between(since, now).dividedBy(period);
    return since.plus(period.multipliedBy(passed + 1));
  }

  /** KMS API Reference, RotateKeyOnDemand. */
  private Map<String, ?> rotate(Call call) {
    KmsKey key = rotatable(call);
    StateRules.requireEnabled(key, call);
    if (key.rotation().countOnDemand() > MOST_ON_DEMAND) {
      throw AwsFailure.of(
          "LimitExceededException",
          key.arn() + " has been rotated on demand " + MOST_ON_DEMAND + " times");
    }
    key.rotateTo(Materials.generate(key.spec(), shared.random()));
    return Map.of("KeyId", key.arn());
  }

  private KmsKey rotatable(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    call.input().check();
    return rotatable(call, keyId);
  }

  /** KMS Developer Guide, "Key states", table details [6] and [7]. */
  private KmsKey rotatable(Call call, String keyId) {
    KmsKey key = shared.finder().byKey(call, keyId);
    if (key.identity().place().isPresent()) {
      throw AwsFailure.of(
          "UnsupportedOperationException",
          key.arn() + " is in a custom key store, which rotates nothing.");
    }
    if (key.identity().external()) {
      throw AwsFailure.of(
          "UnsupportedOperationException",
          key.arn() + " origin is EXTERNAL which is not valid for this operation.");
    }
    if (key.spec() != KeySpec.SYMMETRIC_DEFAULT) {
      throw AwsFailure.of(
          "UnsupportedOperationException",
          key.arn()
              + " key spec is "
              + key.spec().name()
              + " which is not valid for this operation.");
    }
    return key;
  }
}

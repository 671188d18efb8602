package dev.enclave.emulators.internal.azure.keys.management;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.model.IsoDuration;
import dev.enclave.emulators.internal.azure.keys.model.KeyAttributes;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.model.RotationPolicy;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * New versions of the same kind: REST API, Rotate Key, and by policy ("Configure key auto-rotation
 * in Azure Key Vault").
 */
public final class Rotations {

  private static final Duration SHORTEST_LIFE = Duration.ofDays(7);

  private final Shared shared;

  public Rotations(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.ROTATE_KEY, this::rotate);
  }

  private Map<String, ?> rotate(Call call) {
    KeyEntry before = shared.vault().key(call.route().name(), call.now());
    if (before.current().imported()) {
      throw AzureFailure.badParameter("An imported key cannot be rotated.");
    }
    KeyVersion next = next(before, call.now());
    KeyEntry key = shared.vault().change(before.name(), call.now(), current -> current.with(next));
    return shared.answers().bundle(key, next, call);
  }

  /** Rotates what was due since the last time, each as often as it was. */
  public void rotateDue(Instant now) {
    for (KeyEntry key : shared.vault().allWithPolicy(now)) {
      rotateDue(key, now);
    }
  }

  private void rotateDue(KeyEntry key, Instant now) {
    KeyEntry rotated = key;
    Optional<Instant> due = due(rotated);
    while (due.isPresent() && !now.isBefore(due.get())) {
      rotated = rotated.with(next(rotated, due.get()));
      due = due(rotated);
    }
    KeyEntry result = rotated;
    if (!result.equals(key)) {
      // Whoever was first has rotated already.
      shared.vault().change(key.name(), now, current -> current.equals(key) ? result : current);
    }
  }

  private static Optional<Instant> due(KeyEntry key) {
    KeyVersion current = key.current();
    if (current.imported() || !current.attributes().enabled()) {
      return Optional.empty();
    }
    Instant created = Instant.ofEpochSecond(current.attributes().created());
    return key.policy()
        .flatMap(
            policy ->
                policy.actions().stream()
                    .filter(action -> action.type().equals(RotationPolicies.ROTATE))
                    .findFirst()
                    .flatMap(action -> due(action, current, created))
                    .map(due -> latest(due, Instant.ofEpochSecond(policy.updated()))));
  }

  private static Optional<Instant> due(
      RotationPolicy.Action action, KeyVersion current, Instant created) {
    if (action.timeAfterCreate().isPresent()) {
      return action
          .timeAfterCreate()
          .flatMap(IsoDuration::parse)
          .map(duration -> duration.after(created));
    }
    return current
        .attributes()
        .expires()
        .flatMap(
            end ->
                action
                    .timeBeforeExpiry()
                    .flatMap(IsoDuration::parse)
                    .map(duration -> duration.before(Instant.ofEpochSecond(end))))
        .map(due -> latest(due, created.plus(SHORTEST_LIFE)));
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /**
   * "Expiry time ... is used to set expiration date on newly rotated key"; tags and operations
   * stay, as in the reference's example.
   */
  private KeyVersion next(KeyEntry key, Instant now) {
    KeyVersion current = key.current();
    Optional<Long> expires =
        key.policy()
            .flatMap(RotationPolicy::expiryTime)
            .flatMap(IsoDuration::parse)
            .map(duration -> duration.after(now).getEpochSecond());
    return new KeyVersion(
        KeyCreation.newId(shared.random()),
        current.type(),
        sameKind(current.material()),
        current.operations(),
        KeyAttributes.of(true, Optional.empty(), expires, now),
        current.tags(),
        false);
  }

  private Material sameKind(Material material) {
    if (material instanceof EcMaterial ec) {
      return EcMaterial.generate(ec.curve(), shared.random());
    }
    return material instanceof RsaMaterial rsa
        ? RsaMaterial.generate(rsa.bits(), shared.random())
        : SecretMaterial.generate(((SecretMaterial) material).length(), shared.random());
  }
}

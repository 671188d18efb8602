package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.vault.common.Replicated;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The keys of a mount. Thread-safe. */
final class Keys {

  private final Replicated<TransitKey> keys = new Replicated<>();
  private final SecureRandom random;
  private volatile boolean periods;

  Keys(SecureRandom random) {
    this.random = random;
  }

  /** As the node sees it that answers. */
  Optional<TransitKey> get(String name, VaultCall call) {
    return keys.get(name, call.seenAt());
  }

  List<String> names(VaultCall call) {
    return keys.names(call.seenAt());
  }

  /** Makes a key unless there is one; whether it did. */
  boolean create(String name, VaultCall call, Supplier<TransitKey> fresh) {
    boolean[] created = new boolean[1];
    keys.update(
        name,
        call.time(),
        old -> {
          created[0] = old.isEmpty();
          return old.or(() -> Optional.of(noted(fresh.get())));
        });
    return created[0];
  }

  /** Changes a key that must exist. */
  TransitKey change(
      String name, VaultCall call, VaultFailure missing, UnaryOperator<TransitKey> change) {
    return keys.update(
            name,
            call.time(),
            old -> Optional.of(noted(change.apply(old.orElseThrow(() -> missing)))))
        .orElseThrow();
  }

  /** Whether keys must be looked at whose newest version gets too old. */
  private TransitKey noted(TransitKey key) {
    if (!key.autoRotate().isZero()) {
      periods = true;
    }
    return key;
  }

  /** Deletes a key, if {@code check} lets it. */
  void delete(String name, VaultCall call, UnaryOperator<Optional<TransitKey>> check) {
    keys.update(name, call.time(), check);
  }

  /** Gives a new version to each key whose newest one is older than it may get. */
  void rotateDue(Instant now) {
    if (!periods) {
      return;
    }
    for (String name : keys.names(Instant.MAX)) {
      if (keys.get(name).filter(key -> key.isDue(now)).isPresent()) {
        keys.update(name, now, old -> old.map(key -> key.isDue(now) ? rotated(key, now) : key));
      }
    }
  }

  /** {@code policy.go}, Rotate. */
  TransitKey rotated(TransitKey key, Instant now) {
    if (key.softDeleted()) {
      throw VaultFailure.ofCore(500, Refusals.SOFT_DELETED);
    }
    if (key.imported() && !key.traits().importedRotates()) {
      throw VaultFailure.ofCore(
          500, "imported key " + key.name() + " does not allow rotation within Vault");
    }
    return key.withVersion(
        KeyVersion.generate(key.type(), key.traits().keySize(), now, random), false);
  }
}

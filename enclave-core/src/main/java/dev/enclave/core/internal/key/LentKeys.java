package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.NamedKey;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The wrapping keys that are lent: to other backends, or to the queue of deferred operations.
 * Callers may not use them, unless a setting says that they are open to both. Thread-safe.
 */
public final class LentKeys {

  /** Who lends or borrows each, as a message says it. */
  private final Map<NamedKey, String> lenders = new ConcurrentHashMap<>();

  private final Set<NamedKey> open;

  private LentKeys(Set<NamedKey> open) {
    this.open = open;
  }

  /**
   * Those that settings lend, whether or not anybody has borrowed them yet.
   *
   * @param queue which backend has the key of the queue, which its setting gives by its name alone
   */
  public static LentKeys of(Configuration configuration, Function<KeyName, BackendId> queue) {
    LentKeys lent =
        new LentKeys(
            configuration
                .find(Settings.LENT_KEYS_OPEN_TO_CALLERS)
                .map(Set::copyOf)
                .orElse(Set.of()));
    configuration
        .keks()
        .forEach((setting, key) -> lent.lenders.put(key, "setting " + setting + " lends"));
    configuration
        .find(Settings.JOBS_KEK)
        .ifPresent(
            name ->
                lent.lenders.put(
                    new NamedKey(queue.apply(name), name),
                    "setting " + Settings.JOBS_KEK + " lends"));
    return lent;
  }

  /** None, for an engine that serves no callers. */
  static LentKeys none() {
    return new LentKeys(Set.of());
  }

  /** Takes note that a backend borrows a key. */
  public void lend(KeyHandle key, BackendId borrower) {
    lenders.putIfAbsent(NamedKey.of(key), "backend " + borrower + " borrows");
  }

  /** Why callers may not seal and unseal with a key, if they may not. */
  public Optional<PolicyException> refusal(CachedKey slot) {
    NamedKey key = keyOf(slot);
    return Optional.ofNullable(lenders.get(key))
        .filter(lender -> !open.contains(key))
        .map(
            lender ->
                refused(
                    key,
                    lender,
                    "Use another wrapping key. If applications need this one too, name it in "
                        + Settings.LENT_KEYS_OPEN_TO_CALLERS
                        + ": "
                        + Settings.LENT_KEYS_OPEN_TO_CALLERS
                        + "="
                        + key
                        + "."));
  }

  /**
   * Why callers may not have a raw ciphertext decrypted, if they may not. What such a ciphertext
   * was made for is not in it, so that a data key that the engine sealed would be released.
   */
  public Optional<PolicyException> refusalToDecrypt(CachedKey slot) {
    NamedKey key = keyOf(slot);
    return Optional.ofNullable(lenders.get(key))
        .map(
            lender ->
                refused(
                    key,
                    lender,
                    "A lent key decrypts no raw ciphertext for callers, since that could be a data"
                        + " key. Encrypt with the public key of another wrapping key."));
  }

  private static PolicyException refused(NamedKey key, String lender, String fix) {
    return new PolicyException(
        ErrorCode.KEY_LENT, "Key " + key + " is not for callers: " + lender + " it. " + fix);
  }

  private static NamedKey keyOf(CachedKey slot) {
    return new NamedKey(slot.backend().id(), slot.name());
  }
}

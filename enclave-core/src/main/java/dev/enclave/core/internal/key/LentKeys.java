package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.NamedKey;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
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
        .forEach((setting, key) -> lent.lenders.put(key, Texts.SETTING_LENDS.with(setting)));
    configuration
        .find(Settings.JOBS_KEK)
        .ifPresent(
            name ->
                lent.lenders.put(
                    new NamedKey(queue.apply(name), name),
                    Texts.SETTING_LENDS.with(Settings.JOBS_KEK.name())));
    return lent;
  }

  /** None, for an engine that serves no callers. */
  public static LentKeys none() {
    return new LentKeys(Set.of());
  }

  /** Takes note that a backend borrows a key. */
  public void lend(KeyHandle key, BackendId borrower) {
    lenders.putIfAbsent(NamedKey.of(key), Texts.BACKEND_BORROWS.with(borrower));
  }

  /** Why callers may not seal and unseal with a key, if they may not. */
  public Optional<EnclaveException> refusal(CachedKey slot) {
    NamedKey key = keyOf(slot);
    return Optional.ofNullable(lenders.get(key))
        .filter(lender -> !open.contains(key))
        .map(
            lender ->
                Texts.LENT_KEY.as(
                    ErrorCode.KEY_LENT, key, lender, Settings.LENT_KEYS_OPEN_TO_CALLERS.name()));
  }

  /**
   * Why callers may not have a raw ciphertext decrypted, if they may not. What such a ciphertext
   * was made for is not in it, so that a data key that the engine sealed would be released.
   */
  public Optional<EnclaveException> refusalToDecrypt(CachedKey slot) {
    NamedKey key = keyOf(slot);
    return Optional.ofNullable(lenders.get(key))
        .map(lender -> Texts.LENT_KEY_DECRYPTS_NOT.as(ErrorCode.KEY_LENT, key, lender));
  }

  private static NamedKey keyOf(CachedKey slot) {
    return new NamedKey(slot.backend().id(), slot.name());
  }
}

package dev.enclave.emulators.internal.azure.keys.model;

import java.time.Instant;
import java.util.Optional;

/**
 * About keys, "Key attributes". Times are whole seconds since 1970 (IntDate).
 *
 * @param enabled whether the version may be used
 * @param notBefore from when on
 * @param expires from when on no more
 * @param created when the version was made
 * @param updated when it was changed last
 * @param releasePolicy under which the key may be exported, as it was given; a key without one may
 *     not
 */
public record KeyAttributes(
    boolean enabled,
    Optional<Long> notBefore,
    Optional<Long> expires,
    long created,
    long updated,
    Optional<String> releasePolicy) {

  /** Of a version made now. */
  public static KeyAttributes of(
      boolean enabled, Optional<Long> notBefore, Optional<Long> expires, Instant now) {
    long second = now.getEpochSecond();
    return new KeyAttributes(enabled, notBefore, expires, second, second, Optional.empty());
  }

  /** The same, exportable under a policy. */
  KeyAttributes released(Optional<String> policy) {
    return new KeyAttributes(enabled, notBefore, expires, created, updated, policy);
  }

  /** What {@code changes} name is changed, the rest stays. */
  KeyAttributes updated(AttributeChanges changes, Instant now) {
    return new KeyAttributes(
        changes.enabled().orElse(enabled),
        changes.notBefore().or(() -> notBefore),
        changes.expires().or(() -> expires),
        created,
        now.getEpochSecond(),
        releasePolicy);
  }

  boolean notYetValid(Instant now) {
    return notBefore.filter(second -> now.getEpochSecond() < second).isPresent();
  }

  boolean expired(Instant now) {
    return expires.filter(second -> now.getEpochSecond() >= second).isPresent();
  }
}

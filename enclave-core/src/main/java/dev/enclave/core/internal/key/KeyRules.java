package dev.enclave.core.internal.key;

import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.policy.KeyPolicy;

/**
 * What holds for the keys of one opened Enclave.
 *
 * @param keyPolicy which keys may be made and used
 * @param life how long versions are in which state
 * @param migration what a migration of a key needs
 * @param lent which keys are lent, and so not for callers
 * @param certainTime by which is done what cannot be undone
 */
public record KeyRules(
    KeyPolicy keyPolicy,
    VersionLife life,
    MigrationTerms migration,
    LentKeys lent,
    CertainTime certainTime) {

  public SecurityPolicy policy() {
    return keyPolicy.policy();
  }
}

package dev.enclave.core.internal.key;

import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.policy.KeyPolicy;

/**
 * What holds for the keys of one opened Enclave.
 *
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

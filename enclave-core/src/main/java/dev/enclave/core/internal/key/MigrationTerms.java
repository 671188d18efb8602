package dev.enclave.core.internal.key;

import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.migration.ApprovalTerms;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a migration of a key needs here.
 *
 * @param validity for how long a plan may be carried out
 * @param follow whether the handle of a key that was migrated signs with the new key
 * @param destroyAfter how long the old key of a migration is kept
 */
public record MigrationTerms(
    ApprovalTerms approval, Duration validity, boolean follow, Duration destroyAfter) {

  /** Nobody may approve. */
  public static final MigrationTerms NONE =
      new MigrationTerms(
          new ApprovalTerms(Set.of(), Settings.MIGRATION_QUORUM.usual()),
          Settings.MIGRATION_VALIDITY.usual(),
          false,
          Settings.MIGRATION_DESTROY_AFTER.usual());

  /** As configured. */
  public static MigrationTerms of(Configuration configuration) {
    return new MigrationTerms(
        new ApprovalTerms(
            Set.copyOf(configuration.find(Settings.MIGRATION_APPROVERS).orElse(List.of())),
            configuration.get(Settings.MIGRATION_QUORUM)),
        configuration.get(Settings.MIGRATION_VALIDITY),
        configuration.get(Settings.MIGRATION_FOLLOW),
        configuration.get(Settings.MIGRATION_DESTROY_AFTER));
  }
}

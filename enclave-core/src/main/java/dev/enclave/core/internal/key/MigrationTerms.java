package dev.enclave.core.internal.key;

import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.PolicySettings;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.migration.ApprovalTerms;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a migration of a key needs here.
 *
 * @param approval whose approval
 * @param validity for how long a plan may be carried out
 * @param follow whether the handle of a key that was migrated signs with the new key
 * @param destroyAfter how long the old key of a migration is kept
 */
public record MigrationTerms(
    ApprovalTerms approval, Duration validity, boolean follow, Duration destroyAfter) {

  /** Nobody may approve. */
  static final MigrationTerms NONE =
      new MigrationTerms(
          new ApprovalTerms(Set.of(), PolicySettings.DEFAULT_QUORUM),
          PolicySettings.DEFAULT_PLAN_VALIDITY,
          false,
          PolicySettings.DEFAULT_DESTROY_AFTER);

  /** As configured. */
  public static MigrationTerms of(Configuration configuration) {
    return new MigrationTerms(
        new ApprovalTerms(
            Set.copyOf(
                configuration
                    .getList(
                        SettingNames.MIGRATION_APPROVERS,
                        "one or more fingerprints of public keys, 64 hexadecimal digits each",
                        PolicySettings::fingerprint)
                    .orElse(List.of())),
            configuration
                .get(
                    SettingNames.MIGRATION_QUORUM, "a number from 1 to 100", PolicySettings::quorum)
                .orElse(PolicySettings.DEFAULT_QUORUM)),
        configuration
            .get(
                SettingNames.MIGRATION_VALIDITY,
                "a duration from a minute to 30 days, such as PT8H",
                PolicySettings::planValidity)
            .orElse(PolicySettings.DEFAULT_PLAN_VALIDITY),
        configuration
            .get(SettingNames.MIGRATION_FOLLOW, "true or false", PolicySettings::truth)
            .orElse(false),
        configuration
            .get(
                SettingNames.MIGRATION_DESTROY_AFTER,
                "a duration up to 10 years, such as P30D",
                PolicySettings::destroyAfter)
            .orElse(PolicySettings.DEFAULT_DESTROY_AFTER));
  }
}

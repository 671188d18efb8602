package dev.enclave.migration;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import java.util.function.Consumer;

/** Migrates signing keys from one backend to another. Thread-safe. */
public interface Migrations {

  /**
   * Says what a migration of a key would do. Reads the key and opens both backends; changes
   * nothing. A plan without a way says why no way is possible.
   *
   * @param key the key
   * @param target the backend that the key is to be in, which the configuration has a section for
   * @throws PolicyException {@link ErrorCode#STAMP_MISMATCH}, {@link ErrorCode#STAMP_MISSING} or
   *     {@link ErrorCode#STAMP_UNREADABLE} for a key that was or may have been made for another
   *     environment type, in PRODUCTION and STAGING also when it is adopted
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}; {@link ErrorCode#KEY_NOT_ACTIVE};
   *     {@link ErrorCode#WRONG_PURPOSE} for a wrapping key: seal its boxes anew under a key in the
   *     target
   * @throws dev.enclave.error.ConfigurationException {@link ErrorCode#BACKEND_NOT_FOUND}
   */
  MigrationPlan plan(KeyHandle key, BackendId target);

  /**
   * As {@link #plan(KeyHandle, BackendId)}, by this way or none.
   *
   * @param way the way; of a plan that has none, its obstacle says why
   */
  MigrationPlan plan(KeyHandle key, BackendId target, MigrationWay way);

  /**
   * Signs a plan as its proposer or as one who approves it, with the statement key of this Enclave:
   * {@code proposal.approvedBy(migrations.sign(proposal, APPROVER))}. Whoever calls it has read the
   * plan. Each person does so in an Enclave of their own, since one statement key counts once;
   * {@code enclave.migration.approvers} has its fingerprint.
   *
   * @param proposal the plan; of its signatures only who proposes it matters
   * @param role as whom
   * @throws PolicyException as {@link Proposal#requireMayApprove} for an approval; nothing was
   *     signed then
   */
  PlanSignature sign(Proposal proposal, PlanSignature.Role role);

  /**
   * Does everything that {@link #run} does but changes: checks the plan and its approvals, reads
   * the key anew, looks for a key of its name at the target, and probes the permissions on both
   * sides where the backends can.
   *
   * @param proposal the plan with the approvals that it has
   * @return what a run would do, and which approvals and permissions are missing
   * @throws dev.enclave.error.EnclaveException as {@link #run}, for anything else that a run is
   *     refused for
   */
  MigrationRehearsal rehearse(MigrationProposal proposal);

  /**
   * Carries a plan out: creates the new key at the target or imports the old one there, has both
   * keys sign the statement, hands the record to {@code keep}, and makes the old version
   * verify-only. Repeatable while the plan holds and until the old version is verify-only: what an
   * earlier run of the same plan began, another one finishes, in whatever process, with one key at
   * the target. After that time another plan meets the key that was made, and is refused ({@link
   * ErrorCode#KEY_ALREADY_EXISTS}).
   *
   * @param proposal the plan; in PRODUCTION and STAGING with the approvals that {@code
   *     enclave.migration.approvers} and {@code enclave.migration.quorum} ask for
   * @param keep stores the record; nothing is retired before it returns
   * @return the record
   * @throws PolicyException {@link ErrorCode#MIGRATION_NOT_APPROVED}, {@link
   *     ErrorCode#APPROVAL_EXPIRED}, {@link ErrorCode#APPROVAL_BY_PROPOSER}; {@link
   *     ErrorCode#APPROVAL_USED} when the plan was carried out before; as {@link #plan} for a key
   *     of another environment type
   * @throws dev.enclave.error.IntegrityException {@link ErrorCode#MIGRATION_PLAN_CHANGED}, {@link
   *     ErrorCode#APPROVAL_INVALID}
   * @throws UsageException {@link ErrorCode#MIGRATION_PLAN_OUTDATED} when the key is not as the
   *     plan says any more; {@link ErrorCode#KEY_ALREADY_EXISTS} when the target has another key of
   *     this name; {@link ErrorCode#UNSUPPORTED_OPERATION} when the plan has no way
   */
  MigrationRecord run(MigrationProposal proposal, Consumer<MigrationRecord> keep);

  /**
   * Plans the destruction of the version that a migration made verify-only. Reads the old key and
   * the new one; changes nothing. The waiting time ({@code enclave.migration.destroy-after}) need
   * not be over.
   *
   * @param record what the migration did
   * @return the plan, which nobody has signed
   * @throws dev.enclave.error.IntegrityException {@link ErrorCode#MIGRATION_RECORD_INVALID}; {@link
   *     ErrorCode#MIGRATION_PLAN_CHANGED} when the keys are not those of the record
   * @throws PolicyException as {@link #plan} for a key of another environment type; {@link
   *     ErrorCode#APPROVAL_USED} when the version is destroyed
   * @throws UsageException {@link ErrorCode#MIGRATION_PLAN_OUTDATED} when the old key does not
   *     point to the new one any more, or one of the two is not in use as the migration left it
   */
  DestructionProposal planDestruction(MigrationRecord record);

  /**
   * Destroys the version that a migration made verify-only, once the new key has signed. It cannot
   * be undone. Repeatable: what was cut short is finished.
   *
   * @param proposal the plan; in PRODUCTION and STAGING with the approvals that {@code
   *     enclave.migration.approvers} and {@code enclave.migration.quorum} ask for
   * @return the old key afterwards
   * @throws PolicyException {@link ErrorCode#DESTRUCTION_TOO_EARLY} before {@code
   *     enclave.migration.destroy-after} is over since the migration; {@link
   *     ErrorCode#MIGRATION_NOT_APPROVED}, {@link ErrorCode#APPROVAL_EXPIRED}, {@link
   *     ErrorCode#APPROVAL_BY_PROPOSER}; as {@link #planDestruction}
   * @throws dev.enclave.error.IntegrityException {@link ErrorCode#APPROVAL_INVALID}; as {@link
   *     #planDestruction}
   * @throws UsageException as {@link #planDestruction}
   */
  KeyInfo destroy(DestructionProposal proposal);
}

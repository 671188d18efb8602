package dev.enclave.core.internal.migration;

import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.key.MigrationTerms;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.ApprovalTerms;
import dev.enclave.migration.PlanSignature;
import dev.enclave.migration.Proposal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Whether something that people have to approve may be carried out here and now. */
final class Approvals {

  private Approvals() {}

  /**
   * Checks time and signatures.
   *
   * @param made the environment type that the plan is for
   * @throws EnclaveException as {@link ApprovalTerms#require}, and for a plan of another time or
   *     environment type
   */
  static void require(Proposal proposal, EnvironmentType made, OperationRun run) {
    EnvironmentType here = run.rules().policy().environment();
    if (made != here) {
      throw Texts.PLAN_OF_OTHER_ENVIRONMENT.as(ErrorCode.MIGRATION_NOT_APPROVED, made, here);
    }
    MigrationTerms terms = run.rules().migration();
    Duration validity = terms.validity();
    Instant now = run.time().now();
    if (now.isBefore(proposal.createdAt())
        || !now.isBefore(proposal.expiresAt())
        || proposal.createdAt().plus(validity).isBefore(proposal.expiresAt())) {
      throw Texts.PLAN_NOT_VALID_NOW.as(
          ErrorCode.APPROVAL_EXPIRED, proposal.createdAt(), proposal.expiresAt(), now, validity);
    }
    if (here.isStrict()) {
      terms.approval().require(proposal);
    } else {
      ApprovalTerms.requireGenuine(proposal);
    }
  }

  /** Adds by whose keys it was proposed and approved, for the audit log. */
  static void name(Proposal proposal, Map<String, String> details) {
    proposal.proposer().ifPresent(by -> details.put("proposer", by.key().fingerprint().toString()));
    List<PlanSignature> approvals = proposal.approvals();
    for (int i = 0; i < approvals.size(); i++) {
      details.put("approver." + (i + 1), approvals.get(i).key().fingerprint().toString());
    }
  }
}

package dev.enclave.migration;

import dev.enclave.Fingerprint;
import dev.enclave.PublicKeyInfo;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.util.Set;

/**
 * Whose approval a migration needs, and the destruction of what it left behind. Immutable.
 *
 * @param approvers the public keys of the statement keys of those who may propose and approve: keys
 *     that sign nothing that a caller hands them
 * @param quorum how many of them have to approve, beside the one who proposes
 */
public record ApprovalTerms(Set<Fingerprint> approvers, int quorum) {

  public ApprovalTerms {
    approvers = Set.copyOf(approvers);
  }

  /**
   * Checks that enough of the approvers approve exactly this plan.
   *
   * @throws EnclaveException as {@link #requireGenuine}; {@link ErrorCode#MIGRATION_NOT_APPROVED}
   *     also when nobody proposes it, too few approve it, or a signature is by nobody of the
   *     approvers
   */
  public void require(Proposal proposal) {
    requireGenuine(proposal);
    requireNamed(proposal.proposer().orElseThrow(ApprovalTerms::notProposed));
    proposal.approvals().forEach(this::requireNamed);
    long approving =
        proposal.approvals().stream().map(each -> each.key().fingerprint()).distinct().count();
    if (approving < quorum) {
      throw Texts.TOO_FEW_APPROVALS.as(ErrorCode.MIGRATION_NOT_APPROVED, approving, quorum);
    }
  }

  private void requireNamed(PlanSignature signature) {
    Fingerprint by = signature.key().fingerprint();
    if (!approvers.contains(by)) {
      throw Texts.NO_APPROVER.as(ErrorCode.MIGRATION_NOT_APPROVED, by);
    }
  }

  /**
   * Checks what signatures there are, also where none is needed: those that do not hold there hold
   * nowhere.
   *
   * @throws IntegrityException {@link ErrorCode#MIGRATION_PLAN_CHANGED} when one is on another
   *     plan; {@link ErrorCode#APPROVAL_INVALID} when one is forged, or was made in another role
   * @throws PolicyException as {@link Proposal#requireMayApprove} for an approval; {@link
   *     ErrorCode#APPROVAL_EXPIRED} for one from outside the time of the plan
   */
  public static void requireGenuine(Proposal proposal) {
    proposal.proposer().ifPresent(each -> genuine(proposal, each, PlanSignature.Role.PROPOSER));
    for (PlanSignature approval : proposal.approvals()) {
      genuine(proposal, approval, PlanSignature.Role.APPROVER);
      proposal.requireMayApprove(approval.key());
    }
  }

  private static void genuine(Proposal plan, PlanSignature signature, PlanSignature.Role role) {
    if (!signature.plan().equals(plan.hash())) {
      throw Texts.SIGNED_ANOTHER_PLAN.as(
          ErrorCode.MIGRATION_PLAN_CHANGED, Quoted.of(signature.plan()), plan.hash());
    }
    if (!signature.genuine()) {
      throw forged(signature.key(), Texts.NOT_MADE_BY_ITS_KEY.with());
    }
    if (signature.role() != role) {
      throw forged(signature.key(), Texts.OTHER_ROLE.with(signature.role(), role));
    }
    if (signature.at().isBefore(plan.createdAt()) || !signature.at().isBefore(plan.expiresAt())) {
      throw Texts.SIGNED_AT_OTHER_TIME.as(
          ErrorCode.APPROVAL_EXPIRED, signature.at(), plan.createdAt(), plan.expiresAt());
    }
  }

  private static EnclaveException forged(PublicKeyInfo key, String why) {
    return Texts.FORGED.as(ErrorCode.APPROVAL_INVALID, key.fingerprint(), why);
  }

  static EnclaveException notProposed() {
    return Texts.NOT_PROPOSED.as(ErrorCode.MIGRATION_NOT_APPROVED);
  }
}

package dev.enclave.migration;

import dev.enclave.Fingerprint;
import dev.enclave.PublicKeyInfo;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.internal.Quoted;
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
      throw notApproved(
          approving
              + " of enclave.migration.approvers approve it and "
              + quorum
              + " have to. Have it approved by more of them, each in an Enclave of their own");
    }
  }

  private void requireNamed(PlanSignature signature) {
    Fingerprint by = signature.key().fingerprint();
    if (!approvers.contains(by)) {
      throw notApproved(
          "a signature is by key "
              + by
              + ", which is none of enclave.migration.approvers. Add it there, or have the plan"
              + " signed by one of them");
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
      throw new IntegrityException(
          ErrorCode.MIGRATION_PLAN_CHANGED,
          "A signature is on plan "
              + Quoted.of(signature.plan())
              + " and this plan is "
              + plan.hash()
              + ": it was changed after it was signed, or the signature is of another plan. Have"
              + " this plan signed.");
    }
    if (!signature.genuine()) {
      throw forged(signature.key(), "its key did not make it");
    }
    if (signature.role() != role) {
      throw forged(
          signature.key(), "it was given as " + signature.role() + " and stands for " + role);
    }
    if (signature.at().isBefore(plan.createdAt()) || !signature.at().isBefore(plan.expiresAt())) {
      throw new PolicyException(
          ErrorCode.APPROVAL_EXPIRED,
          "A signature on the plan is of "
              + signature.at()
              + " and the plan holds from "
              + plan.createdAt()
              + " to "
              + plan.expiresAt()
              + ". Make a new plan.");
    }
  }

  private static IntegrityException forged(PublicKeyInfo key, String why) {
    return new IntegrityException(
        ErrorCode.APPROVAL_INVALID,
        "A signature on the plan that names key "
            + key.fingerprint()
            + " is not valid: "
            + why
            + ". Find out who put it there.");
  }

  static PolicyException notProposed() {
    return notApproved(
        "nobody has signed it as its proposer. Propose it first: enclave migrate propose");
  }

  private static PolicyException notApproved(String why) {
    return new PolicyException(
        ErrorCode.MIGRATION_NOT_APPROVED, "The plan is not approved: " + why + ".");
  }
}

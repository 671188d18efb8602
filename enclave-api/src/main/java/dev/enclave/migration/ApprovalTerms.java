package dev.enclave.migration;

import dev.enclave.Fingerprint;
import dev.enclave.PublicKeyInfo;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.internal.Quoted;
import java.util.HashSet;
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
   * @throws IntegrityException {@link ErrorCode#MIGRATION_PLAN_CHANGED} when a signature is on
   *     another plan; {@link ErrorCode#APPROVAL_INVALID} when one is forged
   * @throws PolicyException {@link ErrorCode#APPROVAL_BY_PROPOSER}; {@link
   *     ErrorCode#APPROVAL_EXPIRED} for one from outside the time of the plan; {@link
   *     ErrorCode#MIGRATION_NOT_APPROVED} when there are too few, or one is by nobody of the
   *     approvers
   */
  public void require(Proposal proposal) {
    PlanSignature proposer =
        proposal
            .proposer()
            .orElseThrow(() -> notApproved("nobody has signed it as its proposer. Propose it"));
    Set<Fingerprint> approving = new HashSet<>();
    Fingerprint proposing = by(proposal, proposer, PlanSignature.Role.PROPOSER);
    for (PlanSignature approval : proposal.approvals()) {
      Fingerprint approver = by(proposal, approval, PlanSignature.Role.APPROVER);
      if (approver.equals(proposing)) {
        throw new PolicyException(
            ErrorCode.APPROVAL_BY_PROPOSER,
            "The plan is approved by the key that proposes it ("
                + approver
                + "). Have it approved by others.");
      }
      approving.add(approver);
    }
    if (approving.size() < quorum) {
      throw notApproved(
          approving.size()
              + " of enclave.migration.approvers approve it and "
              + quorum
              + " have to. Have it approved by more of them, each in an Enclave of their own");
    }
  }

  /**
   * Checks what signatures there are, where none is needed.
   *
   * @throws EnclaveException as {@link #require} for one that is forged or on another plan
   */
  public static void requireGenuine(Proposal proposal) {
    proposal.proposer().ifPresent(each -> genuine(proposal, each));
    proposal.approvals().forEach(each -> genuine(proposal, each));
  }

  private Fingerprint by(Proposal plan, PlanSignature signature, PlanSignature.Role role) {
    PublicKeyInfo key = genuine(plan, signature);
    if (signature.role() != role) {
      throw forged(key, "it was given as " + signature.role() + " and stands for " + role);
    }
    if (!approvers.contains(key.fingerprint())) {
      throw notApproved(
          "a signature is by key "
              + key.fingerprint()
              + ", which is none of enclave.migration.approvers. Add it there, or have the plan"
              + " signed by one of them");
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
    return key.fingerprint();
  }

  private static PublicKeyInfo genuine(Proposal plan, PlanSignature signature) {
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
    return signature.key();
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

  private static PolicyException notApproved(String why) {
    return new PolicyException(
        ErrorCode.MIGRATION_NOT_APPROVED, "The plan is not approved: " + why + ".");
  }
}

package dev.enclave.migration;

import dev.enclave.PublicKeyInfo;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one person proposes and others approve, each by a signature: a migration, the destruction of
 * the key that a migration left behind, or that an older version of a key signs again. Immutable.
 * Signatures are checked by {@link ApprovalTerms}, not here.
 */
public sealed interface Proposal
    permits MigrationProposal, DestructionProposal, ReinstatementProposal {

  /** What is signed: SHA-256 of the text form without signatures, 64 hexadecimal digits. */
  String hash();

  /** From when on it may be carried out. */
  Instant createdAt();

  /** When it may be carried out no more. */
  Instant expiresAt();

  /** Who proposes it; none where no approval is needed. */
  Optional<PlanSignature> proposer();

  /** Those who approve it. */
  List<PlanSignature> approvals();

  /**
   * The same as somebody proposes it, without approvals.
   *
   * @param signature of the proposer's Enclave, by {@link Migrations#sign}
   */
  Proposal proposedBy(PlanSignature signature);

  /**
   * The same with one approval more.
   *
   * @param signature of the approver's Enclave, by {@link Migrations#sign}
   * @throws PolicyException as {@link #requireMayApprove}
   */
  Proposal approvedBy(PlanSignature signature);

  /**
   * Checks that the owner of a key may approve this: somebody has proposed it, with another key.
   *
   * @throws PolicyException {@link ErrorCode#MIGRATION_NOT_APPROVED} when nobody has proposed it;
   *     {@link ErrorCode#APPROVAL_BY_PROPOSER}
   */
  default void requireMayApprove(PublicKeyInfo key) {
    PlanSignature by = proposer().orElseThrow(ApprovalTerms::notProposed);
    if (by.key().fingerprint().equals(key.fingerprint())) {
      throw Texts.APPROVED_BY_PROPOSER.as(ErrorCode.APPROVAL_BY_PROPOSER, key.fingerprint());
    }
  }

  /**
   * Reads the text form of any, or of a plan that nobody has signed.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_MIGRATION_FILE}) when {@code text} is anything
   *     else
   */
  static Proposal parse(String text) {
    CanonicalJson.Members members =
        CanonicalJson.read(
            text, Texts.A_MIGRATION_PROPOSAL.with(), ErrorCode.INVALID_MIGRATION_FILE);
    if (members.values().containsKey("record")) {
      return DestructionProposal.of(members);
    }
    return members.values().containsKey("activeSince")
        ? ReinstatementProposal.of(members)
        : MigrationProposal.parse(text);
  }
}

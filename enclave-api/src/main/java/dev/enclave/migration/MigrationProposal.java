package dev.enclave.migration;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A plan with the signatures of who proposes it and of those who approve it. Immutable. Signatures
 * are checked by {@link ApprovalTerms}, not here.
 *
 * @param plan the plan
 * @param proposer who proposes it; none where no approval is needed
 * @param approvals those who approve it
 */
public record MigrationProposal(
    MigrationPlan plan, Optional<PlanSignature> proposer, List<PlanSignature> approvals)
    implements Proposal {

  public MigrationProposal {
    approvals = List.copyOf(approvals);
  }

  /** A plan that nobody has signed, for an environment type that needs no approval. */
  public static MigrationProposal unsigned(MigrationPlan plan) {
    return new MigrationProposal(plan, Optional.empty(), List.of());
  }

  @Override
  public MigrationProposal proposedBy(PlanSignature signature) {
    return new MigrationProposal(plan, Optional.of(signature), List.of());
  }

  @Override
  public String hash() {
    return plan.hash();
  }

  @Override
  public Instant createdAt() {
    return plan.createdAt();
  }

  @Override
  public Instant expiresAt() {
    return plan.expiresAt();
  }

  @Override
  public MigrationProposal approvedBy(PlanSignature signature) {
    requireMayApprove(signature.key());
    List<PlanSignature> more = new ArrayList<>(approvals);
    more.add(signature);
    return new MigrationProposal(plan, proposer, more);
  }

  /**
   * Reads the text form of a proposal, or of a plan that nobody has signed.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_MIGRATION_FILE}) when {@code text} is anything
   *     else
   */
  public static MigrationProposal parse(String text) {
    CanonicalJson.Members members =
        CanonicalJson.read(
            text, Texts.A_MIGRATION_PROPOSAL.with(), ErrorCode.INVALID_MIGRATION_FILE);
    return members.values().containsKey("format")
        ? unsigned(MigrationPlan.of(members))
        : of(members);
  }

  static MigrationProposal of(CanonicalJson.Members members) {
    members.requireOnly("approvals", "plan", "proposer");
    MigrationProposal read =
        new MigrationProposal(
            MigrationPlan.of(members.object("plan")),
            members.objects("proposer").stream().findFirst().map(PlanSignature::of),
            members.objects("approvals").stream().map(PlanSignature::of).toList());
    if (!read.members().equals(members.values())) {
      throw members.refused().because(Texts.VALUE_NOT_CANONICAL.with());
    }
    return read;
  }

  Map<String, Object> members() {
    Map<String, Object> members = new TreeMap<>();
    members.put("plan", plan.members());
    members.put("proposer", proposer.stream().map(PlanSignature::members).toList());
    members.put("approvals", approvals.stream().map(PlanSignature::members).toList());
    return members;
  }

  /** The text form: canonical JSON on one line, without its end. */
  @Override
  public String toString() {
    return CanonicalJson.write(members());
  }
}

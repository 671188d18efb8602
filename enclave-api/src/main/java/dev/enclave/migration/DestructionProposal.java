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
 * That the old key of a migration is to be destroyed, with the signatures of who proposes it and of
 * those who approve it. Immutable. Signatures are checked by {@link ApprovalTerms}, not here.
 *
 * @param record what the migration did; its plan names the key and the version
 * @param createdAt when this was made
 * @param expiresAt when it may be carried out no more
 * @param proposer who proposes it; none where no approval is needed
 * @param approvals those who approve it
 */
public record DestructionProposal(
    MigrationRecord record,
    Instant createdAt,
    Instant expiresAt,
    Optional<PlanSignature> proposer,
    List<PlanSignature> approvals)
    implements Proposal {

  private static final String FORMAT = "enclave-migration-destruction-v1";

  public DestructionProposal {
    approvals = List.copyOf(approvals);
  }

  /** One that nobody has signed. */
  public static DestructionProposal unsigned(
      MigrationRecord record, Instant createdAt, Instant expiresAt) {
    return new DestructionProposal(record, createdAt, expiresAt, Optional.empty(), List.of());
  }

  @Override
  public DestructionProposal proposedBy(PlanSignature signature) {
    return new DestructionProposal(record, createdAt, expiresAt, Optional.of(signature), List.of());
  }

  @Override
  public DestructionProposal approvedBy(PlanSignature signature) {
    requireMayApprove(signature.key());
    List<PlanSignature> more = new ArrayList<>(approvals);
    more.add(signature);
    return new DestructionProposal(record, createdAt, expiresAt, proposer, more);
  }

  @Override
  public String hash() {
    return CanonicalJson.hash(CanonicalJson.write(unsignedMembers()));
  }

  /**
   * Reads the text form.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_MIGRATION_FILE}) when {@code text} is anything
   *     else
   */
  public static DestructionProposal parse(String text) {
    return of(
        CanonicalJson.read(
            text, Texts.A_PLAN_OF_DESTRUCTION.with(), ErrorCode.INVALID_MIGRATION_FILE));
  }

  static DestructionProposal of(CanonicalJson.Members members) {
    members.requireOnly("approvals", "createdAt", "expiresAt", "format", "proposer", "record");
    if (!members.text("format").equals(FORMAT)) {
      throw members.refused().because(Texts.OTHER_FORMAT.with(FORMAT));
    }
    DestructionProposal read =
        new DestructionProposal(
            MigrationRecord.of(members.object("record")),
            members.text("createdAt", Instant::parse),
            members.text("expiresAt", Instant::parse),
            members.objects("proposer").stream().findFirst().map(PlanSignature::of),
            members.objects("approvals").stream().map(PlanSignature::of).toList());
    if (!read.members().equals(members.values())) {
      throw members.refused().because(Texts.VALUE_NOT_CANONICAL.with());
    }
    return read;
  }

  private Map<String, Object> unsignedMembers() {
    Map<String, Object> members = new TreeMap<>();
    members.put("format", FORMAT);
    members.put("record", record.members());
    members.put("createdAt", createdAt.toString());
    members.put("expiresAt", expiresAt.toString());
    return members;
  }

  private Map<String, Object> members() {
    Map<String, Object> members = unsignedMembers();
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

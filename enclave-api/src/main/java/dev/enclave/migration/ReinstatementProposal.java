package dev.enclave.migration;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
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
 * That a version which only verifies is to sign again in place of the active one, with the
 * signatures of who proposes it and of those who approve it. Immutable. Signatures are checked by
 * {@link ApprovalTerms}, not here.
 *
 * @param environment the environment type in which it may be carried out
 * @param key the key
 * @param version the version that is to sign
 * @param publicKey the public key of that version, which is the address
 * @param active the version that signs now, and only verifies afterwards
 * @param activeSince since when, where the backend tells
 * @param createdAt when this was made
 * @param expiresAt when it may be carried out no more
 * @param proposer who proposes it; none where no approval is needed
 * @param approvals those who approve it
 */
public record ReinstatementProposal(
    EnvironmentType environment,
    KeyHandle key,
    KeyVersionId version,
    PublicKeyInfo publicKey,
    KeyVersionId active,
    Optional<Instant> activeSince,
    Instant createdAt,
    Instant expiresAt,
    Optional<PlanSignature> proposer,
    List<PlanSignature> approvals)
    implements Proposal {

  private static final String FORMAT = "enclave-reinstatement-v1";

  public ReinstatementProposal {
    approvals = List.copyOf(approvals);
  }

  @Override
  public ReinstatementProposal proposedBy(PlanSignature signature) {
    return with(Optional.of(signature), List.of());
  }

  @Override
  public ReinstatementProposal approvedBy(PlanSignature signature) {
    requireMayApprove(signature.key());
    List<PlanSignature> more = new ArrayList<>(approvals);
    more.add(signature);
    return with(proposer, more);
  }

  private ReinstatementProposal with(Optional<PlanSignature> by, List<PlanSignature> approved) {
    return new ReinstatementProposal(
        environment,
        key,
        version,
        publicKey,
        active,
        activeSince,
        createdAt,
        expiresAt,
        by,
        approved);
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
  public static ReinstatementProposal parse(String text) {
    return of(
        CanonicalJson.read(
            text, Texts.A_PLAN_OF_REINSTATEMENT.with(), ErrorCode.INVALID_MIGRATION_FILE));
  }

  static ReinstatementProposal of(CanonicalJson.Members members) {
    members.requireOnly(
        "active",
        "activeSince",
        "algorithm",
        "approvals",
        "createdAt",
        "environment",
        "expiresAt",
        "format",
        "key",
        "proposer",
        "publicKey",
        "version");
    if (!members.text("format").equals(FORMAT)) {
      throw members.refused().because(Texts.OTHER_FORMAT.with(FORMAT));
    }
    KeyAlgorithm algorithm = members.text("algorithm", KeyAlgorithm::parse);
    ReinstatementProposal read =
        new ReinstatementProposal(
            members.text("environment", EnvironmentType::valueOf),
            members.text("key", KeyHandle::parse),
            members.text("version", KeyVersionId::new),
            members.text("publicKey", hex -> PublicKeyInfo.fromSpki(bytes(hex), algorithm)),
            members.text("active", KeyVersionId::new),
            members.text("activeSince").isEmpty()
                ? Optional.empty()
                : Optional.of(members.text("activeSince", Instant::parse)),
            members.text("createdAt", Instant::parse),
            members.text("expiresAt", Instant::parse),
            members.objects("proposer").stream().findFirst().map(PlanSignature::of),
            members.objects("approvals").stream().map(PlanSignature::of).toList());
    if (!read.members().equals(members.values())) {
      throw members.refused().because(Texts.VALUE_NOT_CANONICAL.with());
    }
    return read;
  }

  private static byte[] bytes(String hex) {
    return Bytes.ofHex(hex).toByteArray();
  }

  private Map<String, Object> unsignedMembers() {
    Map<String, Object> members = new TreeMap<>();
    members.put("format", FORMAT);
    members.put("environment", environment.name());
    members.put("key", key.toString());
    members.put("version", version.value());
    members.put("algorithm", publicKey.algorithm().name());
    members.put("publicKey", publicKey.spki().toHex());
    members.put("active", active.value());
    members.put("activeSince", activeSince.map(Instant::toString).orElse(""));
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

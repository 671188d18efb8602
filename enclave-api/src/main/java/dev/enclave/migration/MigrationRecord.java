package dev.enclave.migration;

import dev.enclave.Bytes;
import dev.enclave.Fingerprint;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.SignatureVerifier.StatementVerdict;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.internal.StatementText;
import dev.enclave.internal.texts.Texts;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a migration did, signed by the old key and by the new one, and by the statement key, which
 * shows that Enclave wrote it and no caller of both keys. Immutable. Whoever knows the old public
 * key can check it with {@link #requireValid} alone, without an Enclave.
 *
 * @param proposal the plan, and who proposed and approved it
 * @param to the new key
 * @param toVersion the version of it that takes over
 * @param toPublicKey the public key of that version
 * @param at when the statements were made
 * @param byOld over {@link #message()}, by the version that the plan names
 * @param byNew over {@link #message()}, by {@code toVersion}
 * @param byEnclave over {@link #message()}, by the statement key of the authority that the old key
 *     lies at
 */
public record MigrationRecord(
    MigrationProposal proposal,
    KeyHandle to,
    KeyVersionId toVersion,
    PublicKeyInfo toPublicKey,
    Instant at,
    Statement byOld,
    Statement byNew,
    StatementSignature byEnclave) {

  private static final String FORMAT = "enclave-migration-record-v1";

  /**
   * A signature over {@link MigrationRecord#message()}.
   *
   * @param encoding its layout
   * @param signature the signature
   */
  public record Statement(SignatureEncoding encoding, Bytes signature) {

    private static Statement of(CanonicalJson.Members members) {
      members.requireOnly("encoding", "signature");
      return new Statement(
          members.text("encoding", SignatureEncoding::valueOf),
          members.text("signature", Bytes::ofHex));
    }

    private Map<String, Object> members() {
      return Map.of("encoding", encoding.name(), "signature", signature.toHex());
    }
  }

  /** The signed text. */
  public Message message() {
    return messageOf(proposal.plan(), to, toVersion, toPublicKey, at);
  }

  /**
   * The text that all sign, UTF-8: the lines {@code enclave-statement-v1} and {@code migration},
   * then the hash of the plan; handle, version and fingerprint of the old key; handle, version and
   * fingerprint of the new one; and the time (ISO 8601, UTC); each on a line of its own, every line
   * ended by LF.
   */
  public static Message messageOf(
      MigrationPlan plan,
      KeyHandle to,
      KeyVersionId toVersion,
      PublicKeyInfo toPublicKey,
      Instant at) {
    return StatementText.of(
        StatementText.Kind.MIGRATION,
        plan.hash(),
        plan.key().toString(),
        plan.version().value(),
        plan.publicKey().fingerprint().toString(),
        to.toString(),
        toVersion.value(),
        toPublicKey.fingerprint().toString(),
        at.toString());
  }

  /**
   * Checks the statements, that both keys are those of the plan, and the approvals.
   *
   * @param terms whose approval it needs; none checks only that what signatures there are are
   *     genuine
   * @param statementKeys the statement keys that the verifier believes; none if it knows none
   * @return {@link StatementVerdict#SIGNED_WITH_KEY} without a statement key, never more: whoever
   *     may have both keys sign texts of their choice could have made the record
   * @throws IntegrityException {@link ErrorCode#MIGRATION_RECORD_INVALID}; and as {@link
   *     ApprovalTerms#require}
   */
  public StatementVerdict requireValid(
      Optional<ApprovalTerms> terms, Set<PublicKeyInfo> statementKeys) {
    MigrationPlan plan = proposal.plan();
    requireThat(plan.target().equals(to.backend()), Texts.OTHER_TARGET.with());
    requireThat(
        plan.targetAuthority().equals(to.authority()) && plan.key().name().equals(to.name()),
        Texts.OTHER_PLACE_OR_NAME.with());
    requireThat(
        to.fingerprint().filter(toPublicKey.fingerprint()::equals).isPresent(),
        Texts.OTHER_KEY_IN_HANDLE.with());
    requireThat(
        toPublicKey.algorithm() == plan.publicKey().algorithm(), Texts.OTHER_ALGORITHM.with());
    requireThat(
        !toPublicKey.equals(plan.publicKey())
            == plan.way().equals(Optional.of(MigrationWay.SUCCESSION)),
        Texts.NOT_OF_THE_PLANS_WAY.with());
    requireThat(
        !at.isBefore(plan.createdAt()) && at.isBefore(plan.expiresAt()),
        Texts.MADE_WITHOUT_PLAN.with());
    requireThat(signed(plan.publicKey(), byOld), Texts.UNSIGNED_BY_OLD.with());
    requireThat(signed(toPublicKey, byNew), Texts.UNSIGNED_BY_NEW.with());
    StatementVerdict verdict = byEnclave.verdict(true, statementKeys, message());
    requireThat(verdict != StatementVerdict.INVALID, Texts.UNSIGNED_BY_ENCLAVE.with());
    if (terms.isPresent()) {
      terms.get().require(proposal);
    } else {
      ApprovalTerms.requireGenuine(proposal);
    }
    return verdict;
  }

  private boolean signed(PublicKeyInfo key, Statement statement) {
    return SignatureVerifier.of(key).verify(message(), statement.signature(), statement.encoding());
  }

  private static void requireThat(boolean holds, String otherwise) {
    if (!holds) {
      throw Texts.RECORD_DOES_NOT_HOLD.as(ErrorCode.MIGRATION_RECORD_INVALID, otherwise);
    }
  }

  /**
   * Reads the text form.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_MIGRATION_FILE}) when {@code text} is anything
   *     else; whether the record holds, {@link #requireValid} says
   */
  public static MigrationRecord parse(String text) {
    CanonicalJson.Members members =
        CanonicalJson.read(text, Texts.A_MIGRATION_RECORD.with(), ErrorCode.INVALID_MIGRATION_FILE);
    return of(members);
  }

  static MigrationRecord of(CanonicalJson.Members members) {
    members.requireOnly(
        "at", "byEnclave", "byNew", "byOld", "format", "proposal", "publicKey", "to", "version");
    if (!members.text("format").equals(FORMAT)) {
      throw members.refused().because(Texts.OTHER_FORMAT.with(FORMAT));
    }
    MigrationProposal proposal = MigrationProposal.of(members.object("proposal"));
    MigrationRecord read =
        new MigrationRecord(
            proposal,
            members.text("to", KeyHandle::parse),
            members.text("version", KeyVersionId::new),
            members.text(
                "publicKey",
                hex ->
                    PublicKeyInfo.fromSpki(
                        Bytes.ofHex(hex).toByteArray(), proposal.plan().publicKey().algorithm())),
            members.text("at", Instant::parse),
            Statement.of(members.object("byOld")),
            Statement.of(members.object("byNew")),
            statementSignature(members.object("byEnclave")));
    if (!read.members().equals(members.values())) {
      throw members.refused().because(Texts.VALUE_NOT_CANONICAL.with());
    }
    return read;
  }

  Map<String, Object> members() {
    Map<String, Object> members = new TreeMap<>();
    members.put("format", FORMAT);
    members.put("proposal", proposal.members());
    members.put("to", to.toString());
    members.put("version", toVersion.value());
    members.put("publicKey", toPublicKey.spki().toHex());
    members.put("at", at.toString());
    members.put("byOld", byOld.members());
    members.put("byNew", byNew.members());
    members.put(
        "byEnclave",
        Map.of("key", byEnclave.key().toString(), "signature", byEnclave.signature().toHex()));
    return members;
  }

  private static StatementSignature statementSignature(CanonicalJson.Members members) {
    members.requireOnly("key", "signature");
    return new StatementSignature(
        members.text("key", hex -> new Fingerprint(Bytes.ofHex(hex))),
        members.text("signature", Bytes::ofHex));
  }

  /** The text form: canonical JSON on one line, without its end. */
  @Override
  public String toString() {
    return CanonicalJson.write(members());
  }
}

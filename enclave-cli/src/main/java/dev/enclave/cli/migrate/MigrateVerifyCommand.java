package dev.enclave.cli.migrate;

import dev.enclave.Bytes;
import dev.enclave.Fingerprint;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier.StatementVerdict;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.session.StatementKeys;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.ApprovalTerms;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate verify}. */
@Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Check the record of a migration, with public keys alone: no backend and no configuration.",
      "Compare the fingerprint of the old key that it prints with one from elsewhere. Approvals"
          + " are checked where --approver is given."
    })
public final class MigrateVerifyCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "RECORD", arity = "1..*", description = "The records.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--approver",
      paramLabel = "FINGERPRINT",
      description = "The fingerprint of one who may propose and approve; may be repeated.")
  private List<String> approvers = new ArrayList<>();

  @Option(
      names = "--quorum",
      paramLabel = "N",
      description = "How many of them have to approve, beside the proposer; 2 if not given.")
  private int quorum = 2;

  @Option(
      names = "--statement-key",
      paramLabel = "FILE",
      description =
          "A JWK set that enclave keys statement-key wrote where the old key lies; may be"
              + " repeated. The record has to be by Enclave then; else it is signed with both keys,"
              + " by whoever may have them sign.")
  private List<String> statementKeys = new ArrayList<>();

  public MigrateVerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (quorum < 1) {
      throw Texts.QUORUM_TOO_SMALL.as(ErrorCode.INVALID_ARGUMENT, quorum);
    }
    Set<Fingerprint> named =
        approvers.stream()
            .map(hex -> new Fingerprint(Bytes.ofHex(hex)))
            .collect(Collectors.toSet());
    Optional<ApprovalTerms> terms =
        named.isEmpty() ? Optional.empty() : Optional.of(new ApprovalTerms(named, quorum));
    Set<PublicKeyInfo> believed = StatementKeys.read(session, statementKeys);
    files.forEach(file -> verify(file, terms, believed));
    return 0;
  }

  private void verify(String file, Optional<ApprovalTerms> terms, Set<PublicKeyInfo> believed) {
    if (files.size() > 1) {
      line("record", file);
    }
    MigrationRecord record = MigrationRecord.parse(session.files().text(file));
    StatementVerdict verdict = record.requireValid(terms, believed);
    MigrationPlan plan = record.proposal().plan();
    session.print(Texts.RECORD_HOLDS.with());
    line("plan", plan.hash());
    line("environment", plan.environment().name());
    line("made", record.at().toString());
    line("old key", Texts.HANDLE_AND_VERSION.with(plan.key(), plan.version()));
    line("fingerprint", plan.publicKey().fingerprint().toString());
    line("new key", Texts.HANDLE_AND_VERSION.with(record.to(), record.toVersion()));
    line("fingerprint", record.toPublicKey().fingerprint().toString());
    line("statement", verdict.text());
    line("approvals", terms.isEmpty() ? "not checked" : "enough");
  }

  private void line(String name, String value) {
    session.print(PlanText.line(name, value));
  }
}

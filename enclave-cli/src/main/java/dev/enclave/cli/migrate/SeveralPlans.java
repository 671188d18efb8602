package dev.enclave.cli.migrate;

import dev.enclave.Enclave;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Carries plans out one after the other and stops at the first error. Repeated with the same files,
 * it goes on where it stopped.
 *
 * @param outputs the file of the record, by the file of the plan
 * @param limit how many of them are carried out
 */
record SeveralPlans(Session session, Map<String, String> outputs, int limit) {

  /** Every file is read before anything is changed. */
  int run() {
    Map<String, MigrationProposal> proposals = new LinkedHashMap<>();
    outputs.keySet().stream()
        .limit(limit)
        .forEach(file -> proposals.put(file, ProposalFile.read(session, file)));
    return session.withEnclave(enclave -> carryOut(enclave, proposals));
  }

  private int carryOut(Enclave enclave, Map<String, MigrationProposal> proposals) {
    int done = 0;
    for (Map.Entry<String, MigrationProposal> each : proposals.entrySet()) {
      String progress;
      try {
        progress = carriedOut(enclave, each.getKey(), each.getValue());
      } catch (EnclaveException e) {
        session.tell(Texts.PLANS_STOPPED.with(each.getKey(), done, proposals.size()));
        throw e;
      }
      done++;
      session.print(Texts.PLAN_PROGRESS.with(done, proposals.size(), progress));
    }
    session.print(Texts.PLANS_CARRIED_OUT.with(done, outputs.size()));
    return 0;
  }

  private String carriedOut(Enclave enclave, String file, MigrationProposal proposal) {
    String output = Objects.requireNonNull(outputs.get(file));
    String from = proposal.plan().key().toString();
    try {
      MigrationRecord made =
          enclave
              .admin()
              .migrations()
              .run(proposal, record -> ProposalFile.write(session, output, record));
      return Texts.FROM_TO.with(from, made.to());
    } catch (EnclaveException e) {
      // By an earlier run of this command, whose record is there.
      Optional<MigrationRecord> earlier =
          e.code() == ErrorCode.APPROVAL_USED ? kept(output, proposal) : Optional.empty();
      return Texts.MIGRATED_BEFORE.with(from, earlier.orElseThrow(() -> e).to());
    }
  }

  private Optional<MigrationRecord> kept(String output, MigrationProposal proposal) {
    if (!Files.isRegularFile(session.files().path(output))) {
      return Optional.empty();
    }
    MigrationRecord record = MigrationRecord.parse(session.files().text(output));
    record.requireValid(Optional.empty(), Set.of());
    return Optional.of(record)
        .filter(read -> read.proposal().plan().hash().equals(proposal.plan().hash()));
  }
}

package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.PlanSignature;
import dev.enclave.migration.Proposal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan, with or without signatures, or a record, in a file. */
public final class ProposalFile {

  private ProposalFile() {}

  static MigrationProposal read(Session session, String file) {
    return MigrationProposal.parse(session.files().text(file));
  }

  /** A plan of any kind. */
  static Proposal readAny(Session session, String file) {
    return Proposal.parse(session.files().text(file));
  }

  /** Shows the plans of all files, signs them in that role, and replaces the files. */
  static int signAll(Session session, List<String> files, PlanSignature.Role role) {
    Map<String, Proposal> all = new LinkedHashMap<>();
    files.forEach(file -> all.put(file, readAny(session, file)));
    all.values().forEach(read -> session.print(PlanText.of(read)));
    return session.withEnclave(
        enclave -> {
          all.forEach(
              (file, read) -> {
                PlanSignature signature = enclave.admin().migrations().sign(read, role);
                boolean proposes = role == PlanSignature.Role.PROPOSER;
                write(
                    session,
                    file,
                    proposes ? read.proposedBy(signature) : read.approvedBy(signature));
                session.print(
                    Texts.PLAN_SIGNED.with(
                        proposes ? "Proposed" : "Approved",
                        read.hash(),
                        signature.key().fingerprint()));
              });
          return 0;
        });
  }

  /** Writes a plan. */
  public static void write(Session session, String file, Proposal proposal) {
    writeLine(session, file, proposal.toString());
  }

  static void write(Session session, String file, MigrationRecord record) {
    writeLine(session, file, record.toString());
  }

  private static void writeLine(Session session, String file, String text) {
    session.files().write(file, text + "\n");
  }
}

package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.Proposal;
import java.nio.charset.StandardCharsets;

/** A plan, with or without signatures, or a record, in a file. */
final class ProposalFile {

  private ProposalFile() {}

  static MigrationProposal read(Session session, String file) {
    return MigrationProposal.parse(session.files().text(file));
  }

  /** A plan of a migration, or of a destruction. */
  static Proposal readAny(Session session, String file) {
    return Proposal.parse(session.files().text(file));
  }

  static void write(Session session, String file, Proposal proposal) {
    writeLine(session, file, proposal.toString());
  }

  static void write(Session session, String file, MigrationRecord record) {
    writeLine(session, file, record.toString());
  }

  private static void writeLine(Session session, String file, String text) {
    session.files().write(file, (text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}

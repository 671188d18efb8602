package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.migration.MigrationProposal;
import java.nio.charset.StandardCharsets;

/** A plan, with or without signatures, in a file. */
final class ProposalFile {

  private ProposalFile() {}

  static MigrationProposal read(Session session, String file) {
    return MigrationProposal.parse(session.files().text(file));
  }

  static void write(Session session, String file, MigrationProposal proposal) {
    session.files().write(file, (proposal + "\n").getBytes(StandardCharsets.UTF_8));
  }
}

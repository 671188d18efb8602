package dev.enclave.cli.keys;

import dev.enclave.cli.session.Session;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.migration.ReinstatementProposal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys reinstate}. */
@Command(
    name = "reinstate",
    sortOptions = false,
    description = {
      "Have an older version of a key sign again, as its plan says.",
      "The version that is active only verifies then: move what its address holds first."
    })
public final class KeysReinstateCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      description = "The plan of enclave keys plan-reinstatement, with its approvals.")
  private String plan = "";

  @Option(names = "--yes", description = "Confirms that the address in use is left.")
  private boolean yes;

  public KeysReinstateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ReinstatementProposal proposal = ReinstatementProposal.parse(session.files().text(plan));
    if (!yes) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Version "
              + proposal.version()
              + " of key "
              + proposal.key()
              + " would sign again, for "
              + AddressKeys.text(proposal.publicKey())
              + ", and version "
              + proposal.active()
              + " no more. Nothing was changed. Move what the address of version "
              + proposal.active()
              + " holds first; then repeat the command with --yes.");
    }
    session.withEnclave(enclave -> enclave.admin().key(proposal.key()).reinstate(proposal));
    session.print(
        "Version "
            + proposal.version()
            + " of "
            + proposal.key()
            + " signs again, and version "
            + proposal.active()
            + " only verifies.");
    return 0;
  }
}

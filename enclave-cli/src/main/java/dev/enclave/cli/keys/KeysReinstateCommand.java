package dev.enclave.cli.keys;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
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
      throw Texts.ADDRESS_WOULD_SIGN_AGAIN.as(
          ErrorCode.INVALID_ARGUMENT,
          proposal.version(),
          proposal.key(),
          AddressKeys.text(proposal.publicKey()),
          proposal.active());
    }
    session.withEnclave(enclave -> enclave.admin().key(proposal.key()).reinstate(proposal));
    session.print(
        Texts.VERSION_REINSTATED.with(proposal.version(), proposal.key(), proposal.active()));
    return 0;
  }
}

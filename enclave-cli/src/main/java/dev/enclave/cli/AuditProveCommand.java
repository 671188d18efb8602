package dev.enclave.cli;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave audit prove}. */
@Command(
    name = "prove",
    sortOptions = false,
    description = {
      "Write a proof that a record is in the log the newest checkpoint commits to.",
      "It holds all that audit check-proof needs, but the verifier key."
    })
final class AuditProveCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "SEQ", description = "The record's sequence number.")
  private long sequence;

  @Option(names = "--lane", paramLabel = "N", description = "The record's lane; 0 by default.")
  private int lane;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write there, replacing what exists; else to standard output.")
  private String out = "-";

  AuditProveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    String proof = session.builder().auditLog().prove(lane, sequence);
    session.files().write(out, proof.getBytes(StandardCharsets.UTF_8));
    return 0;
  }
}

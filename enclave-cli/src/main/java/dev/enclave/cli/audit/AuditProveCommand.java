package dev.enclave.cli.audit;

import dev.enclave.audit.AuditLog;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave audit prove}. */
@Command(
    name = "prove",
    sortOptions = false,
    description = {
      "Write a proof that a record is in the log the newest checkpoint commits to.",
      "With --since: that the log has only grown since a checkpoint that was kept.",
      "It holds all that audit check-proof needs, but the verifier keys and that checkpoint."
    })
public final class AuditProveCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "SEQ", arity = "0..1", description = "The record's sequence number.")
  private @Nullable Long sequence;

  @Option(names = "--lane", paramLabel = "N", description = "The record's lane; 0 by default.")
  private @Nullable Integer lane;

  @Option(
      names = "--since",
      paramLabel = "FILE",
      description = "A checkpoint that was kept, in place of SEQ.")
  private @Nullable String since;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write there, replacing what exists; else to standard output.")
  private String out = "-";

  public AuditProveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    String proof = proof(session.builder().auditLog());
    session.files().write(out, proof);
    return 0;
  }

  private String proof(AuditLog log) {
    if (sequence != null && since == null) {
      return log.prove(lane == null ? 0 : lane, sequence);
    }
    if (since != null && sequence == null && lane == null) {
      return log.proveConsistency(session.files().text(since));
    }
    throw Texts.NOT_CLEAR_WHAT_TO_PROVE.as(ErrorCode.INVALID_ARGUMENT);
  }
}

package dev.enclave.cli.audit;

import dev.enclave.audit.AuditLog;
import dev.enclave.cli.session.Session;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave audit checkpoint}. */
@Command(
    name = "checkpoint",
    sortOptions = false,
    description = {
      "Write a signed checkpoint of the audit log, to be kept away from this machine.",
      "With it, audit verify finds whatever is done to the records it covers."
    })
public final class AuditCheckpointCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "Write there, replacing what exists; - is standard output.")
  private String out = "";

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "Write the verifier keys there as well.")
  private @Nullable String publicKey;

  public AuditCheckpointCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    AuditLog log = session.builder().auditLog();
    session.files().write(out, log.checkpoint());
    if (publicKey != null) {
      session.files().write(publicKey, log.provision());
    }
    return 0;
  }
}

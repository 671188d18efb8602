package dev.enclave.cli;

import dev.enclave.AuditRecord;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave audit check-proof}. */
@Command(
    name = "check-proof",
    sortOptions = false,
    description = {
      "Check a proof that audit prove has written, and show the record it proves.",
      "With --public-key neither log nor configuration is needed."
    })
final class AuditCheckProofCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "FILE", description = "The proof.")
  private String proof = "";

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "The verifier key; else the one that lies in the log.")
  private @Nullable String publicKey;

  AuditCheckProofCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Optional<String> key = Optional.ofNullable(publicKey).map(session.files()::text);
    AuditRecord record = session.builder().auditLog().checkProof(session.files().text(proof), key);
    session.print("proven: lane " + record.lane() + " record " + record.sequence());
    session.print(Text.printable(record.line()));
    return 0;
  }
}

package dev.enclave.cli;

import dev.enclave.AuditLog;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave init}. */
@Command(
    name = "init",
    sortOptions = false,
    description = {
      "Make the audit log's directory, name and checkpoint key, where they are missing.",
      "Prints the verifier key: keep it away from this machine."
    })
final class InitCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "Write the verifier key there as well.")
  private @Nullable String publicKey;

  InitCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    AuditLog log = session.builder().auditLog();
    String key = log.provision();
    if (publicKey != null) {
      session.files().write(publicKey, (key + "\n").getBytes(StandardCharsets.UTF_8));
    }
    session.print("audit log: " + log.directory());
    session.print("verifier key: " + key);
    return 0;
  }
}

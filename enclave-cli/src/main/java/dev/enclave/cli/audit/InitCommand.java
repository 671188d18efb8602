package dev.enclave.cli.audit;

import dev.enclave.audit.AuditLog;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave init}. */
@Command(
    name = "init",
    sortOptions = false,
    description = {
      "Make the audit log's directory, name and key, where they are missing.",
      "Names the backend's key that countersigns its checkpoints, where there is one.",
      "Prints the verifier keys: keep them away from this machine."
    })
public final class InitCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "Write the verifier keys there as well.")
  private @Nullable String publicKey;

  public InitCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    AuditLog log = session.builder().auditLog();
    String keys = log.provision();
    if (publicKey != null) {
      session.files().write(publicKey, keys);
    }
    session.print(Texts.AUDIT_LOG_IN.with(log.directory()));
    List<String> lines = keys.lines().toList();
    session.print(Texts.VERIFIER_KEY_IS.with(lines.get(0)));
    lines.stream().skip(1).forEach(line -> session.print("countersigner: " + line));
    return 0;
  }
}

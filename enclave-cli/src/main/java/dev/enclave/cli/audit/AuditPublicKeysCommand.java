package dev.enclave.cli.audit;

import dev.enclave.KeyHandle;
import dev.enclave.PublicKeyInfo;
import dev.enclave.audit.AuditLog;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.session.StatementKeys;
import dev.enclave.cli.text.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave audit public-keys}. */
@Command(
    name = "public-keys",
    sortOptions = false,
    description = {
      "Write the public keys of all versions of a signing key that the audit log"
          + " proves, as a JWK set: also of versions whose private keys are destroyed.",
      "No backend is asked."
    })
public final class AuditPublicKeysCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(
      paramLabel = "HANDLE",
      description = "The key's handle, which names the first version's public key.")
  private String handle = "";

  @Option(
      names = "--log",
      paramLabel = "DIR",
      description = {
        "Read the audit log in this directory instead of the configured one.",
        "Several together, such as those of all replicas: --log DIR --log DIR."
      })
  private List<String> logs = new ArrayList<>();

  @Option(
      names = "--statement-key",
      paramLabel = "FILE",
      description = {
        "A JWK set that enclave keys statement-key wrote where the key lies; may be repeated.",
        "A successor counts only if Enclave named it then; else whoever may have the key sign",
        "and writes to the log could have named it, as one line on standard error says."
      })
  private List<String> statementKeys = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write there, replacing what exists; standard output by default.")
  private String out = "-";

  public AuditPublicKeysCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    KeyHandle key = KeyHandle.parse(handle);
    AuditLog log = session.builder().auditLog();
    Set<PublicKeyInfo> believed = StatementKeys.read(session, statementKeys);
    AuditLog.RecordedKeys found =
        logs.isEmpty()
            ? log.publicKeys(key, believed)
            : log.publicKeys(key, believed, logs.stream().map(session.files()::path).toList());
    session.files().write(out, found.keys().toJwks() + "\n");
    if (found.keys().entries().size() > 1) {
      session.context().err().println(Texts.EACH_SUCCESSOR.with(found.successions().text()));
    }
    return 0;
  }
}

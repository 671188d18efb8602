package dev.enclave.cli.audit;

import dev.enclave.KeyHandle;
import dev.enclave.cli.session.Session;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave audit public-keys}. */
@Command(
    name = "public-keys",
    sortOptions = false,
    description = {
      "Write the public keys of all versions of a signing key that the audit log",
      "proves, as a JWK set: also of versions whose private keys are destroyed.",
      "No backend is asked."
    })
public final class AuditPublicKeysCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(
      paramLabel = "HANDLE",
      description = "The key's handle, which names the first version's public key.")
  private String handle = "";

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
    String jwks = session.builder().auditLog().publicKeys(key).toJwks();
    session.files().write(out, (jwks + "\n").getBytes(StandardCharsets.UTF_8));
    return 0;
  }
}

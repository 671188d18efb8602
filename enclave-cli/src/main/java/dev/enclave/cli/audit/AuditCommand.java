package dev.enclave.cli.audit;

import dev.enclave.cli.text.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enclave audit}: a group. */
@Command(name = "audit", description = "Look after the audit log.")
public final class AuditCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw Text.missingSubcommand(spec);
  }
}

package dev.enclave.cli.keys;

import dev.enclave.cli.text.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enclave attestation}: a group. */
@Command(name = "attestation", description = "Verify what an HSM states on a key.")
public final class AttestationCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw Text.missingSubcommand(spec);
  }
}

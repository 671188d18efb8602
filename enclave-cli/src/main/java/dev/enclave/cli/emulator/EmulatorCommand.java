package dev.enclave.cli.emulator;

import dev.enclave.cli.text.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enclave emulator}: a group. */
@Command(name = "emulator", description = "Serve a cloud's key service on this machine, for tests.")
public final class EmulatorCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw Text.missingSubcommand(spec);
  }
}

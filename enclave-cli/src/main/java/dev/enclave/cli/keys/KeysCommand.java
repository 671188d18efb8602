package dev.enclave.cli.keys;

import dev.enclave.cli.text.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enclave keys}: a group. */
@Command(
    name = "keys",
    description = "Create, list, rotate, switch off, destroy, publish and back up keys.")
public final class KeysCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw Text.missingSubcommand(spec);
  }
}

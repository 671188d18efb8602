package dev.enclave.cli.queue;

import dev.enclave.cli.text.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enclave queue}: a group. */
@Command(name = "queue", description = "Look after deferred operations.")
public final class QueueCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw Text.missingSubcommand(spec);
  }
}

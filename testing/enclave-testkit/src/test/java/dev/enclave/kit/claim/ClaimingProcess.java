package dev.enclave.kit.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that claims a file, and prints whether it could. */
final class ClaimingProcess {

  private ClaimingProcess() {}

  public static void main(String[] arguments) throws Exception {
    boolean claimed =
        FileClaim.tryTake(Path.of(arguments[0]), 0, Path.of(arguments[1])).isPresent();
    new PrintStream(System.out, true, StandardCharsets.UTF_8).print(claimed);
  }

  /** Whether it could. */
  static boolean claims(Path gate, Path file) throws Exception {
    String said =
        Ended.run(JavaCommand.of(ClaimingProcess.class, gate.toString(), file.toString())).output();
    assertThat(said).isIn("true", "false");
    return said.equals("true");
  }
}

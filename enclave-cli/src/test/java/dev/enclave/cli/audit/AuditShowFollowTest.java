package dev.enclave.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.EnclaveCommand;
import dev.enclave.cli.session.CommandContext;
import dev.enclave.internal.opening.EnclaveEngine;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code enclave audit show --follow}. */
@Timeout(300)
class AuditShowFollowTest {

  private static final int PATIENCE_SECONDS = 60;

  private final Path folder;
  private final Cli cli;

  AuditShowFollowTest(@TempDir Path folder) {
    this.folder = folder;
    this.cli = Cli.local(folder);
  }

  @Test
  void showsWhatIsThereAndWhatIsWrittenLater_untilInterrupted() throws Exception {
    makeKey("wallet");
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CompletableFuture<Integer> code = new CompletableFuture<>();
    try (PipedInputStream read = new PipedInputStream();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8))) {
      PrintStream out = new PrintStream(new PipedOutputStream(read), true, StandardCharsets.UTF_8);
      EnclaveCommand command = new EnclaveCommand(context(out, err));
      String[] line = "audit show --follow --config local.properties".split(" ");
      Thread follower =
          new Thread(
              () -> {
                try (out) {
                  code.complete(command.execute(line));
                }
              });
      follower.start();
      try {
        awaitCreationOf("wallet", lines);
        makeKey("other");
        awaitCreationOf("other", lines);
        assertThat(code).isNotDone();
      } finally {
        follower.interrupt();
      }

      assertThat(code.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
      assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }
  }

  /** Reads on to the record of it; fails where the command ends before it. */
  private static void awaitCreationOf(String key, BufferedReader lines) throws IOException {
    String line;
    do {
      line = lines.readLine();
      assertThat(line).as("a line on the way to the record of %s", key).isNotNull();
    } while (!line.contains(" CREATE SUCCESS " + key));
  }

  private void makeKey(String name) {
    cli.succeed("keys", "create", name, "--algorithm", "ED25519");
  }

  private CommandContext context(PrintStream out, ByteArrayOutputStream err) {
    return new CommandContext(
        out,
        new PrintStream(err, true, StandardCharsets.UTF_8),
        new ByteArrayInputStream(new byte[0]),
        question -> Optional.empty(),
        folder,
        folder,
        false,
        "tester",
        EnclaveEngine.Parts.none());
  }
}

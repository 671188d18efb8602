package dev.enclave.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.RunningCommand;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code enclave audit show --follow}. */
@Timeout(300)
class AuditShowFollowTest {

  private final Cli cli;

  AuditShowFollowTest(@TempDir Path folder) {
    this.cli = Cli.local(folder);
  }

  @Test
  void showsWhatIsThereAndWhatIsWrittenLater_untilInterrupted() throws Exception {
    makeKey("wallet");
    try (RunningCommand follower = cli.start("audit", "show", "--follow")) {
      awaitCreationOf("wallet", follower);
      makeKey("other");
      awaitCreationOf("other", follower);
      assertThat(follower.isRunning()).isTrue();

      assertThat(follower.interrupt()).isZero();
      assertThat(follower.err()).isEmpty();
    }
  }

  /** Reads on to the record of it; fails where the command ends before it. */
  private static void awaitCreationOf(String key, RunningCommand follower) throws IOException {
    while (!follower.line().contains(" CREATE SUCCESS " + key)) {
      // The record of something else.
    }
  }

  private void makeKey(String name) {
    cli.succeed("keys", "create", name, "--algorithm", "ED25519");
  }
}

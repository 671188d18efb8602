package dev.enclave.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SecretSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --verbose} shows of exceptions that carry a secret. */
class VerboseErrorTest {

  private static final String SECRET = "5f3a".repeat(16);

  private final Path folder;

  VerboseErrorTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static RuntimeException hostile() {
    RuntimeException thrown =
        new IllegalStateException(SECRET, new IOException(SECRET, new IOException(SECRET)));
    thrown.addSuppressed(new IOException(SECRET));
    return thrown;
  }

  private static final class HostileError extends Error {
    private static final long serialVersionUID = 1L;

    HostileError() {
      super(SECRET);
    }
  }

  private static final class HostileSource implements SecretSource {
    @Override
    public Optional<SecretBytes> secret(String setting) {
      throw hostile();
    }
  }

  private String shown(Supplier<Optional<char[]>> prompt) {
    Cli.local(folder).succeed("keys", "create", "wallet", "--algorithm", "ED25519");
    Cli cli = Cli.local(folder).asking(question -> prompt.get());
    Cli.Run run = cli.run("keys", "backup", "wallet", "--out", "backup", "--verbose");
    assertThat(run.code()).isEqualTo(5);
    return run.out() + run.err();
  }

  @Test
  void classesAndFramesAreShown_butNoForeignMessage() {
    String shown =
        shown(
            () -> {
              throw hostile();
            });

    assertThat(shown)
        .contains("Caused by: java.io.IOException", "Suppressed: java.io.IOException", "    at ")
        .doesNotContain(SECRET);
  }

  @Test
  void anErrorIsNamed_withoutItsMessage() {
    String shown =
        shown(
            () -> {
              throw new HostileError();
            });

    assertThat(shown).contains("HostileError").doesNotContain(SECRET);
  }

  @Test
  void aSecretSourceThatQuotesItsSecretIsNamed_withoutItsMessage() {
    Cli.Run run = Cli.local(folder).with(new HostileSource()).run("keys", "list", "--verbose");

    String named =
        "The SecretSource "
            + HostileSource.class.getName()
            + " threw java.lang.IllegalStateException when it was asked for"
            + " enclave.software.passphrase.";
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("dev.enclave.error.ConfigurationException: " + named, "    at dev.enclave.")
        .contains("error: " + named, "(CONFIGURATION_INVALID_VALUE)");
    assertThat(run.out() + run.err()).doesNotContain(SECRET);
  }
}

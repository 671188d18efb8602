package dev.enclave.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.cli.Cli;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.Reinitialiser;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysReinitialiseCommandTest {

  private final Broken broken = new Broken();
  private final Cli cli;

  KeysReinitialiseCommandTest(@TempDir Path folder) {
    cli = Cli.local(folder).with(broken);
  }

  /** A backend whose store can never be opened again. */
  private static final class Broken implements BackendProvider, Reinitialiser {

    private final List<KeyName> keys =
        new ArrayList<>(List.of(KeyName.of("wallet-1"), KeyName.of("wallet-2")));

    @Override
    public BackendId id() {
      return new BackendId("broken");
    }

    @Override
    public Assurance assuranceCeiling() {
      return Assurance.OS_SEALED;
    }

    @Override
    public Detection detect(DetectionContext context) {
      return new Detection.Absent("only when it is named");
    }

    @Override
    public SigningBackend open(BackendContext context) throws BackendFailure {
      throw BackendFailure.permanent(FailureCode.CORRUPT, "The sealing key is gone.");
    }

    @Override
    public List<KeyName> atStake(BackendContext context) {
      return List.copyOf(keys);
    }

    @Override
    public String reinitialise(BackendContext context, List<KeyName> givenUp)
        throws BackendFailure {
      if (!givenUp.equals(keys)) {
        throw BackendFailure.permanent(FailureCode.REFUSED, "Name exactly the keys.");
      }
      keys.clear();
      return "/home/ada/keys.given-up";
    }
  }

  @Test
  void saysWhatWouldBeGivenUp_andDoesNothing() {
    Cli.Run run = cli.succeed("keys", "reinitialise", "--backend", "broken");

    assertThat(run.out())
        .contains("These keys would be given up: wallet-1, wallet-2")
        .contains("Nothing was done.")
        .contains("--give-up wallet-1,wallet-2");
    assertThat(broken.keys).hasSize(2);
  }

  @Test
  void beginsAnew_whenEveryKeyIsNamed() {
    Cli.Run run =
        cli.succeed(
            "keys", "reinitialise", "--backend", "broken", "--give-up", "wallet-1,wallet-2");

    assertThat(run.out()).contains("/home/ada/keys.given-up", "enclave keys restore");
    assertThat(broken.keys).isEmpty();
  }

  @Test
  void isRefused_whenAKeyIsNotNamed() {
    Cli.Run run = cli.run("keys", "reinitialise", "--backend", "broken", "--give-up", "wallet-1");

    assertThat(run.code()).isNotZero();
    assertThat(run.err()).contains("Name exactly the keys");
    assertThat(broken.keys).hasSize(2);
  }

  @Test
  void isForBackendsWithSuchAStoreOnly() {
    Cli.Run run = cli.run("keys", "reinitialise", "--backend", "software");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("has no store that can begin anew");
  }
}

package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultTokenSpec;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import dev.enclave.testkit.MutableClock;
import dev.enclave.vault.VaultBackendProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of the contracts through the command, with what doctor prints, against our own server. */
@Tag("full")
class VaultConformanceTest {

  private static final Percentage CLOSE = Percentage.withPercentage(15);

  private final MutableClock clock = new MutableClock();

  @Test
  void conforms_asksWhatItSaid_andLeavesNoPrivateKey(@TempDir Path folder) throws Exception {
    try (VaultServer server = VaultServer.builder().clock(clock::now).start()) {
      String policies = run(folder, server, server.rootToken(), "doctor", "--iam").out();
      server.setPolicy("printed", policies.substring(policies.indexOf("# A policy")));
      String token = server.issueToken(VaultTokenSpec.of("printed"));
      int before = server.journal().entries().size();

      Cli.Run run = run(folder, server, token, "conformance", "--backend=vault", "--yes");

      assertThat(run.out()).doesNotContain("FAILED").doesNotContain("LEFT");
      assertThat(run.code()).as(run.out() + run.err()).isZero();
      Estimate estimate = new VaultBackendProvider().estimate();
      List<JournalEntry> asked = server.journal().entries();
      Set<String> made = keys(server, "transit/keys:create");
      made.addAll(keys(server, "transit/keys/import"));
      assertThat((long) made.size()).isCloseTo(estimate.keys(), CLOSE);
      assertThat((long) asked.size() - before).isCloseTo(estimate.requests(), CLOSE);
      assertThat(keys(server, "transit/keys:delete")).isEqualTo(made);
    }
  }

  private static Set<String> keys(VaultServer server, String operation) {
    Set<String> keys = new TreeSet<>();
    server.journal().of(operation).stream()
        .filter(JournalEntry::applied)
        .flatMap(entry -> entry.keyId().stream())
        .forEach(keys::add);
    return keys;
  }

  private Cli.Run run(Path folder, VaultServer server, String token, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.add("-Denclave.environment=development");
    line.add("-Denclave.backend=vault");
    line.add("-Denclave.vault.address=" + server.address());
    line.add("-Denclave.vault.auth=token");
    line.add("-Denclave.vault.token-file=/token");
    return Cli.in(folder)
        .with(clock)
        .on(machine -> machine.withFile("/token", token))
        .run(line.toArray(String[]::new));
  }
}

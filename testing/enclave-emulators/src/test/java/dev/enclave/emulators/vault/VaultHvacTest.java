package dev.enclave.emulators.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.VaultServer;
import dev.enclave.processes.Ended;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** hvac as Debian has it, a third party's client, unchanged: {@code hvac_client.py}. */
@Tag("full")
@Tag("needs-hvac")
class VaultHvacTest {

  private static final String PYTHON = "/usr/bin/python3";
  private static final TestJwts KEYS = new TestJwts();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"tokens", "approle", "policies", "kv", "transit", "encryption", "namespaces"})
  void findsTheServer_asVaultIs(String part) throws Exception {
    run(part);
  }

  @Test
  void logsIn_withAServiceAccountsToken() throws Exception {
    Instant now = Instant.now();
    run(
        "logins",
        KEYS.sign(
            "{'iat': "
                + now.getEpochSecond()
                + ", 'exp': "
                + now.plusSeconds(600).getEpochSecond()
                + ", 'kubernetes.io': {'namespace': 'prod',"
                + " 'serviceaccount': {'name': 'signer', 'uid': 'u-1'}}}"));
  }

  private void run(String part, String... more) throws Exception {
    try (VaultServer server =
        VaultServer.builder()
            .namespace("team")
            .policy("reader", "path \"secret/data/*\" { capabilities = [\"read\"] }")
            .auth("kubernetes", "kubernetes", Map.of("pem_keys", List.of(KEYS.pem())))
            .kubernetesRole(
                "pods",
                Map.of(
                    "bound_service_account_names", List.of("signer"),
                    "bound_service_account_namespaces", List.of("prod"),
                    "token_policies", List.of("reader")))
            .start()) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  PYTHON,
                  script().toString(),
                  part,
                  server.address().toString(),
                  server.rootToken()));
      command.addAll(List.of(more));
      Ended ended = Ended.run(command);
      assertThat(ended.output())
          .as("Install what is missing: apt-get install --no-install-recommends python3-hvac")
          .doesNotContain("No module named 'hvac'")
          .endsWith("done\n");
      assertThat(ended.code()).isZero();
    }
  }

  private Path script() throws Exception {
    Path script = folder.resolve("hvac_client.py");
    try (InputStream text =
        Objects.requireNonNull(VaultHvacTest.class.getResourceAsStream("hvac_client.py"))) {
      Files.copy(text, script);
    }
    return script;
  }
}

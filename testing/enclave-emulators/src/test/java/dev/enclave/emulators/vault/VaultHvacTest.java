package dev.enclave.emulators.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultServerBuilder;
import dev.enclave.processes.Ended;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** hvac as Debian has it, a third party's client, unchanged: {@code hvac_client.py}. */
@Tag("full")
@Tag("needs-hvac")
class VaultHvacTest {

  private static final String PYTHON = "/usr/bin/python3";
  private static final TestJwts KEYS = new TestJwts();

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

  @Test
  void logsIn_withASignedRequest() throws Exception {
    try (AwsKmsServer aws = AwsKmsServer.builder().region("us-east-1").user("alice").start()) {
      AwsCredentials user = aws.credentials();
      AwsCredentials other = aws.sessionCredentials("other");
      run(
          VaultServer.builder()
              .awsSts(aws)
              .auth("aws", "aws", Map.of("iam_server_id_header_value", "vault.test"))
              .authRole(
                  "aws",
                  "dev",
                  Map.of(
                      "auth_type", "iam",
                      "bound_iam_principal_arn", "arn:aws:iam::111122223333:user/*",
                      "token_policies", "reader")),
          "aws",
          user.accessKeyId(),
          user.secretAccessKey(),
          other.accessKeyId(),
          other.secretAccessKey(),
          other.sessionToken().orElseThrow());
    }
  }

  private void run(String part, String... more) throws Exception {
    run(VaultServer.builder(), part, more);
  }

  private void run(VaultServerBuilder builder, String part, String... more) throws Exception {
    try (VaultServer server =
        builder
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

  private static Path script() throws Exception {
    return Path.of(
        Objects.requireNonNull(VaultHvacTest.class.getResource("hvac_client.py")).toURI());
  }
}

package dev.enclave.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions are destroyed at a cloud, by processes with logs of their own, or without one. */
class AuditPublicKeysTest {

  /** Hands records on, as standard output does. */
  private static final class Passing implements AuditSink {
    @Override
    public void append(AuditEvent event, Durability durability) {}

    @Override
    public void close() {}
  }

  private final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  private final Cli cli;

  AuditPublicKeysTest(@TempDir Path folder) {
    cli = Cli.local(folder).with(cloud);
  }

  private String[] at(String log, String... line) {
    List<String> words = new ArrayList<>(List.of(line));
    words.add("-Denclave.backend=" + cloud.id());
    words.add("-Denclave.audit.countersign=off");
    words.add("-Denclave.audit.directory=" + cli.path(log));
    return words.toArray(String[]::new);
  }

  private void rotated() {
    cli.succeed(at("one", "keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256"));
    cli.succeed(at("two", "keys", "rotate", "wallet"));
  }

  private Map<String, Object> shown() {
    return JsonText.object(cli.succeed(at("one", "keys", "show", "wallet", "--json")).out());
  }

  private String firstVersion() {
    return JsonText.text(JsonText.objects(shown(), "versions").get(0), "id");
  }

  @Test
  void joinsTheLogsOfSeveralProcesses() {
    rotated();
    String handle = JsonText.text(shown(), "handle");
    cli.succeed(at("three", "keys", "destroy", "wallet", "--version", firstVersion(), "--yes"));

    assertThat(keys("audit", "public-keys", handle, "--log", "one")).isEqualTo(1);
    assertThat(keys("audit", "public-keys", handle, "--log", "two", "--log", "three")).isEqualTo(2);
    cli.succeed(at("one", "keys", "statement-key", "--out", "statements.jwks"));
    assertThat(cli.run("audit", "public-keys", handle, "--log", "two", "--log", "three").err())
        .contains("Each successor: signed with this key.");
    assertThat(
            cli.run(
                    "audit",
                    "public-keys",
                    handle,
                    "--log=two",
                    "--log=three",
                    "--statement-key=statements.jwks")
                .err())
        .contains("Each successor: by Enclave.");
    Cli.Run two = cli.run("audit", "public-keys", handle, "--log", "two");
    assertThat(two.code()).isEqualTo(2);
    assertThat(two.err()).contains("(KEY_NOT_FOUND)");
  }

  private long keys(String... line) {
    return cli.succeed(line).out().split("\"kid\"", -1).length - 1L;
  }

  @Test
  void destroysNothing_whosePublicKeyNobodyWouldKeep() {
    rotated();
    String version = firstVersion();

    Cli.Run run =
        cli.with(new Passing())
            .run(at("one", "keys", "destroy", "wallet", "--version", version, "--yes"));

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .contains("was not destroyed", "enclave.audit.directory", "(PUBLIC_KEY_NOT_KEPT)");
    assertThat(cli.succeed(at("one", "keys", "show", "wallet")).out()).doesNotContain("DESTROYED");
  }
}

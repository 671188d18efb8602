package dev.enclave.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The standard output of a process, captured as a platform does, and verified. */
@Tag("full")
class AuditStreamTest {

  private static final int SIGNATURES = StdoutApplication.THREADS * StdoutApplication.SIGNATURES;

  /** A start, then each of a creation and the signatures twice: they are remote. And an end. */
  private static final int RECORDS = 1 + 2 + 2 * SIGNATURES + 1;

  private final Path folder;
  private final Cli cli;

  AuditStreamTest(@TempDir Path folder) {
    this.folder = folder;
    this.cli = Cli.in(folder);
  }

  @Test
  void theOutputOfAnApplicationIsVerified_andEachLostOrChangedRecordIsFound() throws Exception {
    Path captured = runApplication();
    String text = Files.readString(captured);
    assertThat(text.lines().filter(line -> line.startsWith("signed for "))).hasSizeGreaterThan(10);

    Cli.Run intact = cli.run("audit", "verify", "--stream", "captured");
    assertThat(intact.code()).as(intact.err()).isZero();
    assertThat(intact.out())
        .containsPattern("chain [0-9a-f]{32}: records 1 to " + RECORDS + ", last hash [0-9a-f]{64}")
        .contains("intact: " + RECORDS + " records, chains: 1");
    assertThat(
            cli.reading(Files.readAllBytes(captured))
                .succeed("audit", "verify", "--stream", "-")
                .out())
        .isEqualTo(intact.out());

    refuses(text.replaceFirst("\"sequence\":\"7\"", "\"sequence\":\"8\""), "record 8");
    refuses(withoutRecord(text, 9), "record 10: records are missing before it");
  }

  @Test
  void answersInJson() throws Exception {
    String text = Files.readString(runApplication());
    Map<String, Object> answer =
        JsonText.object(cli.succeed("audit", "verify", "--stream", "captured", "--json").out());
    assertThat(answer.keySet())
        .containsExactly("intact", "records", "chains", "problems", "torn", "unknownOutcomes");
    assertThat(answer)
        .containsEntry("intact", "true")
        .containsEntry("records", Integer.toString(RECORDS))
        .containsEntry("problems", List.of())
        .containsEntry("torn", List.of())
        .containsEntry("unknownOutcomes", List.of());

    cli.file("cut", withoutRecord(text, 5));
    Cli.Run cut = cli.run("audit", "verify", "--stream", "cut", "--json");
    assertThat(cut.code()).isEqualTo(5);
    assertThat(JsonText.object(cut.out())).containsEntry("intact", "false");
  }

  @Test
  void doctorCallsSuchALogEphemeral() {
    assertThat(Cli.local(folder).succeed("doctor", "-D", "enclave.audit.sink=stdout").out())
        .contains("ephemeral");
  }

  private void refuses(String stream, String what) {
    cli.file("changed", stream);
    Cli.Run run = cli.run("audit", "verify", "--stream", "changed");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.out()).contains("wrong: ").contains(what);
    assertThat(run.err()).contains("not as it was written", "(AUDIT_LOG_CORRUPT)");
  }

  private static String withoutRecord(String text, int sequence) {
    return text.replaceFirst(
        "\\{\"at\":\"[^\\n]*\"sequence\":\"" + sequence + "\"[^\\n]*\\}\\n", "");
  }

  private Path runApplication() throws IOException, InterruptedException {
    Path captured = folder.resolve("captured");
    Process process =
        new ProcessBuilder(JavaCommand.of(StdoutApplication.class))
            .redirectOutput(captured.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    assertThat(process.waitFor())
        .as(Files.readString(folder.resolve("errors"), StandardCharsets.UTF_8))
        .isZero();
    return captured;
  }
}

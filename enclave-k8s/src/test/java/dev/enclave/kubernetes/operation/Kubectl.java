package dev.enclave.kubernetes.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.kubernetes.ApiServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Debian's kubectl, as the administrator of an API server. */
final class Kubectl {

  private final Path folder;

  Kubectl(ApiServer server, Path folder) throws IOException {
    this.folder = folder;
    Files.writeString(folder.resolve("kubeconfig"), server.kubeconfig());
  }

  /** What it said, errors included. */
  record Said(int code, String text) {}

  Said run(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "kubectl",
                "--kubeconfig=" + folder.resolve("kubeconfig"),
                "--cache-dir=" + folder.resolve("cache")));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return new Said(process.waitFor(), text);
  }

  /** The same, which must succeed. */
  String succeed(String... args) throws IOException, InterruptedException {
    Said said = run(args);
    assertThat(said.code()).as(said.text()).isZero();
    return said.text();
  }

  /** Applies objects in YAML. */
  String apply(String yaml) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("applied.yaml"), yaml);
    return succeed("apply", "-f", file.toString());
  }
}

package dev.enclave.kubernetes.operation;

import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.processes.Ended;
import java.io.IOException;
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
  Ended run(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "kubectl",
                "--kubeconfig=" + folder.resolve("kubeconfig"),
                "--cache-dir=" + folder.resolve("cache")));
    command.addAll(List.of(args));
    return Ended.run(command);
  }

  /** The same, which must succeed. */
  String succeed(String... args) throws IOException, InterruptedException {
    return run(args).succeeded().strip();
  }

  /** Applies objects in YAML. */
  String apply(String yaml) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("applied.yaml"), yaml);
    return succeed("apply", "-f", file.toString());
  }
}

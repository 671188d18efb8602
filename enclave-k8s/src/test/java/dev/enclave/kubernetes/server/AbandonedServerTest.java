package dev.enclave.kubernetes.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.kubernetes.Polling;
import dev.enclave.campaign.process.ChildProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("needs-kube-apiserver")
@Tag("full")
class AbandonedServerTest {

  private static final String PROGRAM = "tests.kube-apiserver";

  @Test
  void ends_whenTheVirtualMachineThatStartedItIsKilled(@TempDir Path folder) throws Exception {
    List<String> options =
        List.of("-D" + PROGRAM + "=" + System.getProperty(PROGRAM), "-Djava.io.tmpdir=" + folder);
    String data;
    try (ChildProcess child = ChildProcess.start(folder, options, AbandonedServer.class)) {
      data = child.line();
      assertThat(programsOf(data)).hasSize(2);
    }

    Polling.until(() -> programsOf(data).isEmpty(), () -> "Still there: " + programsOf(data));
  }

  /** The command lines of programs that were told of that folder. */
  private static List<String> programsOf(String folder) {
    return ProcessHandle.allProcesses()
        .map(process -> String.join(" ", process.info().arguments().orElse(new String[0])))
        .filter(line -> line.contains(folder))
        .toList();
  }
}

package dev.enclave.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.os.internal.linux.NeedsKeyring;
import dev.enclave.os.internal.linux.RealDesk;
import dev.enclave.processes.JavaCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A developer's machine with every network off: a namespace with a loopback that is down. */
@NeedsKeyring
@Timeout(300)
@Tag("needs-keyring")
@Tag("needs-namespaces")
@Tag("full")
class OfflineTest {

  @Test
  void livesAWholeKeyLife_withoutAnyNetwork(@TempDir Path home) {
    try (RealDesk desk = RealDesk.unlocked(home)) {
      List<String> command = new ArrayList<>(List.of("unshare"));
      // A user who is not root needs a namespace of users too, where D-Bus must see the same user.
      if (!System.getProperty("user.name").equals("root")) {
        command.add("--map-current-user");
      }
      command.addAll(List.of("-n", "env", "ENCLAVE_ENVIRONMENT=development"));
      command.addAll(JavaCommand.of(List.of("-Duser.home=" + home), OfflineLife.class));
      command.addAll(0, List.of("sh", "-c", "exec \"$@\" 2>&1", "sh"));

      String said = desk.run("", command.toArray(new String[0]));

      assertThat(said.lines())
          .as(said)
          .contains(
              "network false",
              "backend os",
              "environment DEVELOPMENT",
              "assurance OS_SEALED",
              "verified true",
              "restored true");
      assertThat(home.resolve("data/enclave/keys/store.json")).exists();
    }
  }
}

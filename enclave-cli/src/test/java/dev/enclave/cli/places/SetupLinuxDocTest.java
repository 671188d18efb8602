package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Types what docs/setup-linux.md says, at a desk with a real keyring. */
@Tag("full")
@Timeout(300)
@Tag("needs-keyring")
class SetupLinuxDocTest {

  private final Path folder;
  private final SetupDocs docs;

  SetupLinuxDocTest(@TempDir Path folder) {
    this.folder = folder;
    this.docs = SetupDocs.atADesk(folder);
  }

  @BeforeAll
  static void needsAKeyring() {
    SetupDocs.requireKeyring("docs/setup-linux.md");
  }

  @BeforeEach
  void prepare() throws IOException {
    docs.program("enclave", "#!/bin/sh\n" + docs.enclave());
  }

  @Test
  void everyCommandDoesWhatItSays() throws Exception {
    List<String> blocks = SetupDocs.blocks("setup-linux.md");
    assertThat(blocks).hasSize(4);
    Files.writeString(folder.resolve("steps.sh"), blocks.get(1) + blocks.get(2));
    Files.writeString(folder.resolve("later.sh"), blocks.get(3));
    Files.writeString(folder.resolve("payment.txt"), "pay 10 to Alice");
    Files.writeString(folder.resolve("backup-password.txt"), "correct horse battery\n");
    docs.variable("ENCLAVE_ENVIRONMENT", "development");

    assertThat(docs.atTheDesk(SetupDocs.UNLOCKED + "exec sh -e steps.sh"))
        .contains("Backend for new keys\n  os, ")
        .contains("Created wallet-1", "assurance          OS_SEALED", "valid")
        .contains("Backed up wallet-1");
    assertThat(folder.resolve("wallet-1.backup")).exists();
    assertThat(docs.run("sh", "-e", "later.sh")).contains("wallet-1");
  }

  /** What cannot be typed here without changing the machine: these packages are here already. */
  @Test
  void installsWhatTheTestsInstall() throws Exception {
    String test = Files.readString(SetupDocs.root().resolve("scripts/test.sh"));
    String install = SetupDocs.blocks("setup-linux.md").get(0).strip();

    assertThat(install).startsWith("sudo apt-get install ");
    for (String name : install.substring("sudo apt-get install ".length()).split(" ", -1)) {
      // A line of what tests need: a name, packages, and how to tell that they are there.
      assertThat(test).containsPattern("(?m)^[a-z]+\\|([a-z0-9-]+ )*" + name + "( [a-z0-9-]+)*\\|");
    }
  }
}

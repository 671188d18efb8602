package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code enclave demo} where nothing is configured, at a desk with a real keyring. */
@Tag("full")
@Timeout(300)
@Tag("needs-keyring")
class DemoAtADeskTest {

  private static final String DEMO =
      "./enclave demo; secret-tool search --all application enclave; echo end";

  private final Path folder;
  private final SetupDocs docs;

  DemoAtADeskTest(@TempDir Path folder) {
    this.folder = folder;
    this.docs = SetupDocs.atADesk(folder);
  }

  @BeforeAll
  static void needsAKeyring() {
    SetupDocs.requireKeyring("enclave demo at a desk");
  }

  @BeforeEach
  void prepare() throws IOException {
    docs.program("enclave", "#!/bin/sh\n" + docs.enclave());
  }

  @Test
  void usesTheKeyring_andLeavesNothingInIt() throws Exception {
    String said = docs.atTheDesk(SetupDocs.UNLOCKED + DEMO);

    // What JDK 24 and later say of every native library.
    String ours = said.replace("to avoid a warning for callers in this module", "");
    assertThat(ours)
        .contains("backend:     os,", "assurance:   OS_SEALED", "Done.")
        .doesNotContain("warning", "Enclave sealing key", "is not used")
        .endsWith("end\n");
    assertThat(folder.resolve("data/enclave")).doesNotExist();
  }

  @Test
  void asksNobodyToUnlockAKeyring_andSaysThatItIsNotUsed() throws Exception {
    docs.atTheDesk(SetupDocs.UNLOCKED + "echo -n x | secret-tool store --label=x a b");

    String said =
        docs.atTheDesk("gnome-keyring-daemon --start --components=secrets >keyring.log;" + DEMO);

    assertThat(said)
        .contains("The operating system's store is not used: ", "The keyring is locked")
        .contains("backend:     software,", "Done.");
  }
}

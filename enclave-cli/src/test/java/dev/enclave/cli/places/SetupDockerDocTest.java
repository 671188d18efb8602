package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types what docs/setup-docker.md says, with the image's settings, but the command itself in place
 * of a container of it: {@code scripts/container-test.sh} types the same with a real Docker.
 */
@Tag("full")
@Timeout(300)
class SetupDockerDocTest {

  /** The image is not built here, and a container is a process with the image's settings. */
  private static final String DOCKER =
      """
      #!/bin/sh
      case "$1" in build) test -f "$3" && exit 0 ;; esac
      test "$1 $2" = "compose -f" && test -f "$3" && shift 3
      test "$1 $2 $3" = "run --rm -T" && shift 3
      if [ "$1" = --entrypoint ]; then
        program=$2; shift 3
        exec "$program" "$(printf %%s "$1" | sed 's#^/var/lib/wallet#%1$s/volume#')"
      fi
      test "$1" = wallet && shift || exit 125
      for argument; do
        shift
        set -- "$@" "$(printf %%s "$argument" | sed 's#^/var/lib/wallet#%1$s/volume#')"
      done
      %2$s
      """;

  private final Path folder;
  private final SetupDocs docs;

  SetupDockerDocTest(@TempDir Path folder) {
    this.folder = folder;
    this.docs =
        new SetupDocs(folder).variable("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
  }

  @Test
  void everyCommandDoesWhatItSays() throws Exception {
    System.out.println(
        "NOTE: docs/setup-docker.md is typed here without containers; with them:"
            + " scripts/container-test.sh");
    List<String> blocks = SetupDocs.blocks("setup-docker.md");
    assertThat(blocks).hasSize(4);
    prepare();
    Files.writeString(folder.resolve("steps.sh"), String.join("\n", blocks));

    assertThat(docs.run("sh", "-e", "steps.sh"))
        .contains("Backend for new keys\n  software, ")
        .contains("Created wallet-1", "Signature Verified Successfully", "Backed up wallet-1")
        .containsPattern("wallet-1 +ED25519");

    assertThat(Files.readString(folder.resolve("wallet-1.backup")))
        .startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
  }

  /** The files the commands name, and what stands for Docker and for the rights of root. */
  private void prepare() throws IOException {
    for (String file : List.of("docs/docker/Dockerfile", "docs/docker/compose.yaml")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.copy(SetupDocs.root().resolve(file), folder.resolve(file));
    }
    Files.createDirectories(folder.resolve("bin"));
    Files.createDirectories(folder.resolve("volume"));
    docs.program("enclave", "#!/bin/sh\n" + docs.enclave());
    docs.program("bin/sudo", "#!/bin/sh\n[ \"$1\" = chown ] || exec \"$@\"\n");
    docs.program("bin/docker", DOCKER.formatted(folder, docs.enclave()));
    Files.writeString(folder.resolve("payment.txt"), "pay 10 to Alice");
    Files.writeString(folder.resolve("backup-password.txt"), "correct horse battery\n");
    imageSettings();
  }

  private void imageSettings() throws IOException {
    String image = Files.readString(SetupDocs.root().resolve("docs/docker/Dockerfile"));
    List<java.util.regex.MatchResult> settings =
        Pattern.compile("(ENCLAVE_[A-Z_]+)=(\\S+)").matcher(image).results().toList();
    assertThat(settings).hasSize(4);
    settings.forEach(
        setting ->
            docs.variable(
                setting.group(1),
                setting
                    .group(2)
                    .replace("/var/lib/wallet", folder.resolve("volume").toString())
                    .replace(
                        "/run/secrets/enclave-passphrase",
                        folder.resolve("docs/docker/passphrase.txt").toString())));
  }
}

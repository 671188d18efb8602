package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SigningAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The native engines are unpacked into the temporary folder, which is a file here. */
@Tag("full")
class UnusableTemporaryFolderTest {

  @Test
  void bouncyCastleServes_andItIsSaidWhichFolderToLookAt(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    List<String> lines = RogueProviders.run(List.of("-Djava.io.tmpdir=" + file));
    Map.of(
            SigningAlgorithm.ECDSA_P256_SHA256, "Corretto",
            SigningAlgorithm.ECDSA_SECP256K1_SHA256, "libsecp256k1")
        .forEach(
            (algorithm, engine) ->
                assertThat(lines)
                    .filteredOn(line -> line.startsWith("engine " + algorithm + " "))
                    .singleElement()
                    .asString()
                    .startsWith("engine " + algorithm + " Bouncy Castle")
                    .contains("(" + engine + " not used: its native library does not load here")
                    .contains("java.io.tmpdir"));
  }
}

package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.processes.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenSSH reads the keys that are written for it. */
@Tag("needs-openssh")
@Tag("full")
class OpenSshTest {

  private final Path folder;

  OpenSshTest(@TempDir Path folder) {
    this.folder = folder;
  }

  static Stream<KeyAlgorithm> ofOpenSsh() {
    return TestKeys.asymmetric()
        .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
        .filter(algorithm -> algorithm.curve().filter("secp256k1"::equals).isEmpty());
  }

  @ParameterizedTest
  @MethodSource("ofOpenSsh")
  void readsTheKey_andItsBitsAndFingerprint(KeyAlgorithm algorithm) throws Exception {
    PublicKeyInfo key = TestKeys.of(algorithm).publicKey().orElseThrow();
    byte[] blob = Base64.getDecoder().decode(key.toOpenSsh().split(" ", -1)[1]);
    String fingerprint =
        Base64.getEncoder()
            .withoutPadding()
            .encodeToString(
                Hashing.digest(DigestAlgorithm.SHA_256, Message.of(blob)).value().toByteArray());
    assertThat(sshKeygen(key, "-l"))
        .startsWith(algorithm.keyBits() + " SHA256:" + fingerprint + " ");
  }

  @ParameterizedTest
  @MethodSource("ofOpenSsh")
  void writesTheSameKeyAsPem(KeyAlgorithm algorithm) throws Exception {
    PublicKeyInfo key = TestKeys.of(algorithm).publicKey().orElseThrow();
    if (algorithm == SigningAlgorithm.ED25519) {
      // ssh-keygen has no PEM of these: its own encoding of the key is compared.
      String rfc4716 = sshKeygen(key, "-e", "-m", "RFC4716");
      assertThat(rfc4716.replaceAll("(?m)^(----|Comment:).*$", "").replaceAll("\\s", ""))
          .isEqualTo(key.toOpenSsh().split(" ", -1)[1]);
      return;
    }
    assertThat(sshKeygen(key, "-e", "-m", "PKCS8")).isEqualTo(key.toPem());
  }

  private String sshKeygen(PublicKeyInfo key, String... arguments)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve("key.pub"), key.toOpenSsh() + "\n");
    List<String> command = new ArrayList<>(List.of("ssh-keygen"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-f", "key.pub"));
    try {
      return Ended.run(new ProcessBuilder(command).directory(folder.toFile())).succeeded();
    } catch (IOException e) {
      throw new AssertionError("NOT RUN: ssh-keygen is missing: apt-get install openssh-client", e);
    }
  }
}

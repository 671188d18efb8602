package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.backend.SigningBackend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sealing key in a keyring, as another program sees it. */
@Timeout(300)
class SealingKeyTest {

  final KeyringDesk desk;

  SealingKeyTest(@TempDir Path home) {
    desk = unlocked(home);
  }

  /** A desk with an unlocked keyring. */
  KeyringDesk unlocked(Path home) {
    return LocalDesk.unlocked(home);
  }

  @AfterEach
  void leave() {
    desk.close();
  }

  @Test
  void isOneItem_foundByAttributesAnybodyCanRead() throws Exception {
    Desk.at(desk).withKeys("wallet-1", "wallet-2");

    String found = desk.search("application", "enclave");

    assertThat(found.lines().filter(line -> line.startsWith("label = "))).hasSize(1);
    assertThat(found).contains("label = Enclave sealing key", "schema = dev.enclave.SealingKey");
    assertThat(Base64.getDecoder().decode(sealingKey())).hasSize(32);
  }

  @Test
  void liesInNoFileBesideTheKeys() throws Exception {
    Desk.at(desk).withKeys("wallet-1");

    String key = sealingKey();
    try (Stream<Path> files = Files.walk(desk.home())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain(key, raw(key));
      }
    }
  }

  @Test
  void leavesTheItemsOfOthersAsTheyWere() throws Exception {
    desk.store("Mail", "another's secret", "application", "mail", "a", "b");
    String before = mail();

    try (SigningBackend backend = Desk.at(desk).open()) {
      Desk.at(desk).create(backend, "wallet-1");
      backend.health(Desk.call());
    }
    new SecretServicePlace(
            desk.environment(), java.time.Duration.ZERO, new java.security.SecureRandom())
        .remove("of-no-store");

    assertThat(mail()).isEqualTo(before).contains("secret = another's secret");
  }

  /** Without the schema, which GNOME Keyring tells only once it has read its file again. */
  private String mail() {
    return desk.search("application", "mail").replaceAll("(?m)^schema = .*\n", "");
  }

  final String sealingKey() {
    return desk.secret("application", "enclave");
  }

  static String raw(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1);
  }
}

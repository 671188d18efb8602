package dev.enclave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.admin.KeyBackup;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The outer form of backups. What is inside is tested where the mathematics is. */
class KeyBackupTest {

  private static final Bytes ONE = Bytes.ofHex("3003020101");
  private static final Bytes OTHER = Bytes.of(new byte[100]);

  @Test
  void readsTheTextItWrites_whateverStandsAround() {
    KeyBackup backup = KeyBackup.of(List.of(ONE, OTHER));
    String pem = backup.toPem();
    assertThat(pem.lines()).allMatch(line -> line.length() <= 64).hasSize(8);
    assertThat(KeyBackup.parse(pem).blocks()).containsExactly(ONE, OTHER);
    assertThat(KeyBackup.parse("Bag Attributes\n" + pem + "\nend").blocks())
        .containsExactly(ONE, OTHER);
    assertThat(KeyBackup.parse("\ufeff" + pem).blocks()).containsExactly(ONE, OTHER);
    assertThat(KeyBackup.parse(pem.replace("\n", " \r\n")).blocks()).containsExactly(ONE, OTHER);
  }

  @Test
  void showsNothingOfItsContent() {
    assertThat(KeyBackup.of(List.of(ONE, OTHER))).hasToString("KeyBackup[2 blocks]");
  }

  @Test
  void remembersTheAlgorithmAskedFor() {
    KeyBackup backup = KeyBackup.of(List.of(ONE));
    assertThat(backup.algorithm()).isEmpty();
    assertThat(backup.algorithm(SigningAlgorithm.ED25519).algorithm())
        .contains(SigningAlgorithm.ED25519);
    assertThat(backup.algorithm(SigningAlgorithm.ED25519).blocks()).containsExactly(ONE);
  }

  @ParameterizedTest
  @CsvSource({
    "PRIVATE KEY, is not an encrypted PKCS#8",
    "RSA PRIVATE KEY, is not an encrypted PKCS#8",
    "EC PRIVATE KEY, is not an encrypted PKCS#8",
    "PUBLIC KEY, has no private key",
    "CERTIFICATE, has no private key",
    "PGP MESSAGE, Only blocks BEGIN ENCRYPTED PRIVATE KEY"
  })
  void saysWhatElseATextHolds(String label, String said) {
    String pem = KeyBackup.of(List.of(ONE)).toPem().replace("ENCRYPTED PRIVATE KEY", label);
    refused(pem, said);
  }

  @Test
  void saysThatATextIsEmptyBinaryCutOrDamaged() {
    String pem = KeyBackup.of(List.of(OTHER)).toPem();
    refused("", "is empty");
    refused(" \n", "is empty");
    refused("0\u0082\u0001\u0002", "PKCS#12");
    refused("hello", "5 characters of something else");
    refused(pem.substring(0, pem.indexOf("-----END")), "is cut short");
    refused(pem.substring(0, pem.length() - 10), "is cut short");
    refused(pem + pem.substring(0, 60), "block 2");
    refused(pem.replace("AAAA", "A?AA"), "not base64");
    refused(pem.replaceAll("[A-Za-z0-9=]{4,64}\n", "\n"), "not base64");
  }

  @Test
  void refusesTextThatIsTooLong_andNoBlocks() {
    refused("x".repeat(16 * 1024 * 1024 + 1), "at most");
    assertThatExceptionOfType(UsageException.class).isThrownBy(() -> KeyBackup.of(List.of()));
  }

  private static void refused(String text, String said) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> KeyBackup.parse(text))
        .withMessageContaining(said)
        .extracting(EnclaveException::code)
        .isEqualTo(ErrorCode.INVALID_BACKUP);
  }
}

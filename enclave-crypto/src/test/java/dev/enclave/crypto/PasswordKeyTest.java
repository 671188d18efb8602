package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordKeyTest {

  private static final Bytes SALT = Bytes.of("somesaltsomesalt".getBytes(StandardCharsets.UTF_8));

  @Tag("needs-openssl")
  @Tag("full")
  @ParameterizedTest
  @CsvSource({"8, 1, 1", "256, 2, 1", "1024, 3, 4", "65536, 3, 4"})
  void agreesWithOpenssl(int memoryKib, int iterations, int lanes, @TempDir Path folder) {
    OpenSsl openssl = new OpenSsl(folder);
    openssl.run(
        "kdf",
        "-binary",
        "-out",
        "key",
        "-keylen",
        "32",
        "-kdfopt",
        "pass:correct horse",
        "-kdfopt",
        "salt:somesaltsomesalt",
        "-kdfopt",
        "memcost:" + memoryKib,
        "-kdfopt",
        "iter:" + iterations,
        "-kdfopt",
        "lanes:" + lanes,
        "-kdfopt",
        "threads:1",
        "ARGON2ID");
    try (SecretBytes password = password("correct horse");
        SecretBytes key = PasswordKey.argon2id(password, SALT, memoryKib, iterations, lanes)) {
      assertThat(key.exposeSecret()).isEqualTo(openssl.read("key"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "7, 1, 1",
    "31, 1, 4",
    "0, 1, 1",
    "-1, 1, 1",
    "65537, 1, 1",
    "2147483647, 1, 1",
    "1048576, 64, 1",
    "65536, 16, 1",
    "32768, 31, 1",
    "8, 0, 1",
    "8, 101, 1",
    "8, -1, 1",
    "1024, 1, 0",
    "1024, 1, 17",
    "1024, 1, -2147483648"
  })
  void refusesParametersOutOfRange(int memoryKib, int iterations, int lanes) {
    assertCode(
        ErrorCode.INVALID_ARGUMENT,
        () -> PasswordKey.argon2id(password("a"), SALT, memoryKib, iterations, lanes));
  }

  @Test
  void refusesAnEmptyPasswordAndAShortSalt() {
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> PasswordKey.argon2id(password(""), SALT, 8, 1, 1));
    assertCode(
        ErrorCode.INVALID_ARGUMENT,
        () -> PasswordKey.argon2id(password("a"), Bytes.of(new byte[7]), 8, 1, 1));
  }

  private static SecretBytes password(String text) {
    return SecretBytes.takeOver(text.getBytes(StandardCharsets.UTF_8));
  }
}

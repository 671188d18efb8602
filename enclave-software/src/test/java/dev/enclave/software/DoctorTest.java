package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.KeyListing;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {

  private static EnclaveFactory.Builder in(Path scratch) {
    return EnclaveFactory.builder()
        .config(
            new ConfigSource(
                "scratch",
                Map.of(
                    "enclave.environment", "local",
                    "enclave.software.directory", scratch.resolve("keys").toString(),
                    "enclave.audit.directory", scratch.resolve("audit").toString())));
  }

  @Test
  void createsNothing_andSaysWhatAStartWouldCreate(@TempDir Path scratch) {
    Diagnosis diagnosis = in(scratch).diagnose();
    assertThat(diagnosis.health().healthy()).isTrue();
    assertThat(diagnosis.health().findings())
        .extracting(HealthReport.Finding::observed)
        .anySatisfy(o -> assertThat(o).contains("a start-up will create a key store"))
        .anySatisfy(o -> assertThat(o).contains("REDUCED SECURITY"));
    assertThat(scratch).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({
    "rw-------, false",
    "r--r-----, false",
    "rw-r--r--, true",
    "rw--w----, true",
    "rw----r--, true"
  })
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its file systems have no POSIX rights")
  void warnsOfAPassphraseThatOthersMayReadOrReplace(
      String mode, boolean exposed, @TempDir Path scratch) throws Exception {
    Path file = Files.writeString(scratch.resolve("passphrase"), "six random words of a test");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    EnclaveFactory.Builder builder =
        in(scratch)
            .config(
                new ConfigSource(
                    "test", Map.of("enclave.software.passphrase-file", file.toString())));
    builder.open().close();

    assertThat(builder.diagnose().health().findings())
        .filteredOn(f -> f.code() == ErrorCode.SECRET_FILE_EXPOSED)
        .hasSize(exposed ? 1 : 0)
        .allSatisfy(f -> assertThat(f.observed()).contains(mode, file.toString()))
        .allSatisfy(f -> assertThat(f.fix()).contains("chmod 600 " + file));
  }

  @Test
  void saysThatTheAuditLogCannotBeWritten(@TempDir Path scratch) throws Exception {
    Path file = Files.createFile(scratch.resolve("audit"));
    assertThat(in(scratch).diagnose().health().findings().get(0))
        .satisfies(f -> assertThat(f.code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE))
        .satisfies(f -> assertThat(f.observed()).contains(file + " is not a directory"));
  }

  @Test
  void namesADamagedKey_andListsTheOthers(@TempDir Path scratch) throws Exception {
    try (Enclave enclave = in(scratch).open()) {
      enclave.createKey(KeySpec.named("good").algorithm(SigningAlgorithm.ED25519));
      enclave.createKey(KeySpec.named("bad").algorithm(SigningAlgorithm.ED25519));
    }
    Path record = scratch.resolve("keys").resolve("key-bad").resolve("key.sealed");
    byte[] content = Files.readAllBytes(record);
    content[content.length / 2] ^= 1;
    Files.write(record, content);
    try (Enclave enclave = in(scratch).open()) {
      KeyListing listing = enclave.admin().listKeys();
      assertThat(listing.keys()).extracting(k -> k.name().value()).containsExactly("good");
      assertThat(listing.unreadable()).containsOnlyKeys(KeyName.of("bad"));
      assertThat(listing.unreadable().values())
          .extracting(EnclaveException::code)
          .containsExactly(ErrorCode.KEY_DATA_CORRUPT);
      assertThat(enclave.admin().rotateDue().failed().get(KeyName.of("bad")))
          .isInstanceOf(IntegrityException.class);
    }
  }

  @Test
  void namesAKeyWhoseRecordIsLost_andMakesNoOtherInItsPlace(@TempDir Path scratch)
      throws Exception {
    KeySpec<SigningKey> spec = KeySpec.named("lost").algorithm(SigningAlgorithm.ED25519);
    try (Enclave enclave = in(scratch).open()) {
      enclave.createKey(spec);
    }
    Path folder = scratch.resolve("keys").resolve("key-lost");
    Files.move(folder.resolve("key.sealed"), folder.resolve("moved.sealed"));
    try (Enclave enclave = in(scratch).open()) {
      assertThat(enclave.admin().listKeys().unreadable().values())
          .extracting(EnclaveException::code)
          .containsExactly(ErrorCode.KEY_DATA_CORRUPT);
      assertThatThrownBy(() -> enclave.ensureKey(spec)).isInstanceOf(IntegrityException.class);
    }
  }

  @Test
  void refusesToAdoptAKey_whenTheBackendAdoptsNone(@TempDir Path scratch) {
    assertThatThrownBy(
            () ->
                in(scratch)
                    .config(new ConfigSource("test", Map.of("enclave.keys.treasury", "foo")))
                    .open())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("enclave.keys.treasury");
  }
}

package dev.enclave.auditlog.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.DestroyedVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which versions a log says were destroyed. */
class DestroyedRecordsTest {

  private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");

  /** The key of RFC 8410 section 10.1. */
  private static final PublicKeyInfo PUBLIC =
      PublicKeyInfo.fromSpki(
          Base64.getDecoder()
              .decode("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="),
          SigningAlgorithm.ED25519);

  private final Path directory;

  DestroyedRecordsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static Map<String, String> destruction(String key) {
    Map<String, String> record = new TreeMap<>();
    record.put("at", AT.toString());
    record.put("backend", "software");
    record.put("detail.authority", "/keys");
    record.put("detail.publicKey", base64());
    record.put("detail.to", "DESTROYED");
    record.put("key", key);
    record.put("operation", "CHANGE_STATE");
    record.put("result", "SUCCESS");
    record.put("version", "1");
    return record;
  }

  private static String base64() {
    return Base64.getEncoder().encodeToString(PUBLIC.spki().toByteArray());
  }

  private void write(String file, Map<String, String> record) throws IOException {
    byte[] line = AuditRecords.encode(new TreeMap<>(record));
    Files.write(directory.resolve(file), (new String(line, UTF_8) + "\n").getBytes(UTF_8));
  }

  private static DestroyedVersions all(DestroyedRecords records) throws IOException {
    while (records.read()) {
      assertThat(records.found()).isNotNull();
    }
    return records.found();
  }

  private static Optional<Instant> at(DestroyedVersions versions, String authority, String key) {
    KeyVersion version =
        new KeyVersion(
            KeyVersionId.of("1"),
            KeyState.ACTIVE,
            AT,
            Optional.of(AT),
            Optional.of(PUBLIC),
            Optional.empty(),
            Assurance.SOFTWARE,
            KeyOrigin.GENERATED,
            "file");
    return versions.at(BackendId.of("software"), authority, KeyName.of(key), version);
  }

  @Test
  void readsEachFileOfEachLane_oneAStep() throws IOException {
    write("lane-0.jsonl", destruction("one"));
    write("lane-0.2.jsonl", destruction("two"));
    write("lane-1.jsonl", destruction("three"));
    DestroyedRecords records = new DestroyedRecords(directory);

    assertThat(records.read()).isTrue();
    assertThat(at(records.found(), "/keys", "one")).contains(AT);
    assertThat(at(records.found(), "/keys", "two")).isEmpty();
    DestroyedVersions found = all(records);
    assertThat(at(found, "/keys", "two")).contains(AT);
    assertThat(at(found, "/keys", "three")).contains(AT);
    assertThat(at(found, "/elsewhere", "three")).as("another store").isEmpty();
    assertThat(at(found, "/keys", "four")).as("another key").isEmpty();
  }

  @Test
  void countsNoDestructionThatFailed() throws IOException {
    Map<String, String> failed = destruction("one");
    failed.put("result", "FAILURE");
    write("lane-0.jsonl", failed);
    assertThat(at(all(new DestroyedRecords(directory)), "/keys", "one")).isEmpty();
  }

  @Test
  void goesOnWithoutAFileThatRetentionRemovesMeanwhile() throws IOException {
    write("lane-0.jsonl", destruction("one"));
    write("lane-0.2.jsonl", destruction("two"));
    DestroyedRecords records = new DestroyedRecords(directory);
    Files.delete(directory.resolve("lane-0.jsonl"));
    assertThat(at(all(records), "/keys", "two")).contains(AT);
  }

  @Test
  void refusesARecordWhosePublicKeyIsNone() throws IOException {
    Map<String, String> malformed = destruction("one");
    malformed.put("detail.publicKey", "none!");
    write("lane-0.jsonl", malformed);
    DestroyedRecords records = new DestroyedRecords(directory);
    assertThatThrownBy(records::read).isInstanceOf(CorruptLogException.class);
  }
}

package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The passphrase changed through the engine. */
class EngineResealTest {

  private static final Message MESSAGE = Message.ofUtf8("hello");

  private final Path directory;
  private final List<RecordingAuditSink> audits = new ArrayList<>();

  EngineResealTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Enclave open(String environment, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.environment", environment);
    settings.put("enclave.software.directory", directory.resolve("keys").toString());
    RecordingAuditSink audit = new RecordingAuditSink();
    audits.add(audit);
    return EnclaveFactory.builder()
        .with(FakeEnvironment.empty())
        .with(audit)
        .config(new ConfigSource("test", settings))
        .open();
  }

  private List<AuditEvent> reseals() {
    return audits.stream()
        .flatMap(audit -> audit.events(AuditEvent.Operation.RESEAL).stream())
        .toList();
  }

  @Test
  void keepsEveryKey_andIsAudited() {
    SignatureValue before;
    try (Enclave enclave = open("local", Map.of())) {
      before = enclave.createKey(spec()).sign(MESSAGE);
      enclave.by("user:7").admin().passphrase().orElseThrow().change("correct horse".toCharArray());
      assertThat(
              enclave
                  .signingKeys()
                  .key("wallet-1")
                  .verify(MESSAGE, enclave.signingKeys().key("wallet-1").sign(MESSAGE)))
          .isTrue();
    }
    try (Enclave enclave = open("local", Map.of("enclave.software.passphrase", "correct horse"))) {
      assertThat(enclave.signingKeys().key("wallet-1").verify(MESSAGE, before)).isTrue();
      enclave.signingKeys().key("wallet-1").sign(MESSAGE);
    }
    assertThat(reseals())
        .singleElement()
        .satisfies(e -> assertThat(e.caller()).isEqualTo("user:7"))
        .satisfies(e -> assertThat(e.result()).isEqualTo(AuditEvent.Result.SUCCESS))
        .satisfies(e -> assertThat(e.key()).isEmpty())
        .satisfies(e -> assertThat(e.details()).containsEntry("protection", "PASSPHRASE"));
  }

  private static KeySpec<SigningKey> spec() {
    return KeySpec.named("wallet-1").algorithm(SigningAlgorithm.ED25519);
  }

  /** The key to the keys lies beside them, or it does not: a reseal changes what they are worth. */
  @Test
  void changesTheAssuranceOfEveryKey() {
    try (Enclave enclave = open("local", Map.of())) {
      enclave.createKey(spec());
      assertThat(assurance(enclave)).isEqualTo(Assurance.PLAINTEXT);
      enclave.admin().passphrase().orElseThrow().change("correct horse".toCharArray());
      assertThat(assurance(enclave)).isEqualTo(Assurance.SOFTWARE);
      enclave.admin().passphrase().orElseThrow().remove();
      assertThat(assurance(enclave)).isEqualTo(Assurance.PLAINTEXT);
      enclave.admin().passphrase().orElseThrow().change("correct horse".toCharArray());
    }
    try (Enclave enclave =
        open("development", Map.of("enclave.software.passphrase", "correct horse"))) {
      assertThat(assurance(enclave)).isEqualTo(Assurance.SOFTWARE);
    }
  }

  private static Assurance assurance(Enclave enclave) {
    return enclave.admin().key(KeyName.of("wallet-1")).info().versions().get(0).assurance();
  }

  @Test
  void eachStartRecordsThatKeysArePlaintext() {
    open("local", Map.of()).close();
    open("local", Map.of()).close();
    assertThat(audits)
        .hasSize(2)
        .allSatisfy(
            audit ->
                assertThat(
                        audit
                            .events(AuditEvent.Operation.START)
                            .get(0)
                            .details()
                            .get("finding.CONFIGURATION_MISSING"))
                    .contains("PLAINTEXT", "master.key"));
  }

  @Test
  void plaintextKeysAreRefused_whereTheMinimumIsSoftware() {
    try (Enclave enclave = open("local", Map.of("enclave.minimum-assurance", "software"))) {
      EnclaveException refusal =
          catchThrowableOfType(EnclaveException.class, () -> enclave.createKey(spec()));
      assertThat(refusal.code()).isEqualTo(ErrorCode.ASSURANCE_TOO_LOW);
    }
  }

  @Test
  void refusesToDoWithoutAPassphrase_outsideLocal_andAuditsTheRefusal() {
    try (Enclave enclave =
        open("development", Map.of("enclave.software.passphrase", "correct horse"))) {
      EnclaveException refusal =
          catchThrowableOfType(
              EnclaveException.class, enclave.admin().passphrase().orElseThrow()::remove);
      assertThat(refusal).hasMessageContaining("DEVELOPMENT");
      assertThat(reseals())
          .singleElement()
          .satisfies(e -> assertThat(e.errorCode()).contains(refusal.code()));
    }
  }

  @Test
  void refusesAPassphraseThatIsNone() {
    try (Enclave enclave = open("local", Map.of())) {
      for (String none : List.of("", "\ud800", "x".repeat(4097))) {
        EnclaveException refusal =
            catchThrowableOfType(
                EnclaveException.class,
                () -> enclave.admin().passphrase().orElseThrow().change(none.toCharArray()));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      }
      enclave.admin().passphrase().orElseThrow().change("é".repeat(2048).toCharArray());
    }
  }
}

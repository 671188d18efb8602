package dev.enclave.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.os.internal.linux.KeyringDesk;
import dev.enclave.os.internal.linux.LocalDesk;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through the engine, as an application meets it. */
@Timeout(300)
class EngineTest {

  private final Path home;
  private final KeyringDesk desk;

  EngineTest(@TempDir Path home) {
    this.home = home;
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

  private EnclaveFactory.Builder builder(String environment) {
    return EnclaveFactory.builder()
        .with(desk.environment())
        .config(new ConfigSource("test", Map.of("enclave.environment", environment)));
  }

  @Test
  void comesBeforeTheSoftwareBackend_andIsHealthy() {
    try (Enclave enclave = builder("development").open()) {
      assertThat(enclave.resolution().chosen()).isEqualTo(BackendId.OS);
      assertThat(enclave.resolution().rejected())
          .extracting(Object::toString)
          .anyMatch(text -> text.contains("software"));
      assertThat(enclave.health().findings()).isEmpty();
      enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ED25519));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"staging", "production"})
  void isRefused_whereTheEnvironmentNeedsMore(String environment) {
    assertThatThrownBy(() -> builder(environment).open())
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("os gives OS_SEALED at most");
  }

  @ParameterizedTest
  @ValueSource(strings = {"staging", "production"})
  void isRefused_alsoWhereItIsNamed_andAKeyIsThere(String environment) {
    KeyHandle handle;
    try (Enclave enclave = builder("development").open()) {
      handle =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ED25519)).handle();
    }
    ConfigSource named = new ConfigSource("service", Map.of("enclave.backend", "os"));

    // With an audit log, or the one exception would have that reason too.
    requireTooWeak(
        environment,
        () -> builder(environment).config(named).with(new RecordingAuditSink()).open());
    try (Enclave strict =
        builder(environment).with(new InMemoryProvider()).with(new RecordingAuditSink()).open()) {
      // The key's stamp would be refused too, which says nothing about the backend.
      requireTooWeak(environment, () -> strict.signingKeys().key(handle));
    }
  }

  private static void requireTooWeak(String environment, ThrowingCallable refused) {
    assertThatThrownBy(refused)
        .isInstanceOfSatisfying(
            PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ASSURANCE_TOO_LOW))
        .hasMessageContaining(
            "os gives OS_SEALED at most and " + environment.toUpperCase(Locale.ROOT) + " needs");
  }

  @Test
  void namesADamagedKeyAtTheStart_withWhatIsLostAndHowToRestoreIt() throws Exception {
    try (Enclave enclave = builder("development").open()) {
      enclave.createKey(KeySpec.named("wallet-1").algorithm(SigningAlgorithm.ED25519));
      enclave.createKey(KeySpec.named("wallet-2").algorithm(SigningAlgorithm.ED25519));
    }
    flipABitOfEveryFileIn(home.resolve("data/enclave/keys/key-wallet-1"));

    try (Enclave enclave = builder("development").open()) {
      assertThat(enclave.health().findings())
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.observed()).startsWith("Key wallet-1 is lost, with all its");
                assertThat(finding.fix()).contains("backup with: enclave keys restore");
              });
      assertThatThrownBy(() -> enclave.signingKeys().key("wallet-1"))
          .isInstanceOf(IntegrityException.class);
      assertThat(enclave.signingKeys().key("wallet-2").sign(Message.ofUtf8("pay")).bytes().size())
          .isEqualTo(64);
    }
  }

  private static void flipABitOfEveryFileIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
      }
    }
  }

  @Test
  void diagnosesWithoutMakingAnything() {
    Diagnosis diagnosis = builder("development").diagnose();

    assertThat(diagnosis.resolution().orElseThrow().chosen()).isEqualTo(BackendId.OS);
    assertThat(diagnosis.health().findings())
        .anySatisfy(f -> assertThat(f.observed()).contains("a key store in "));
    assertThat(desk.search("application", "enclave")).isEmpty();
  }

  @Test
  void diagnosesALockedKeyring_withTheFix() {
    builder("development").open().close();
    desk.lock();

    EnclaveFactory.Builder builder =
        builder("development")
            .config(new ConfigSource("service", Map.of("enclave.os.unlock-timeout", "PT0S")));

    assertThat(builder.diagnose().health().findings())
        .anySatisfy(
            f -> {
              assertThat(f.observed()).contains("The keyring is locked", "Nobody was asked");
              assertThat(f.fix())
                  .startsWith("unlock it: log in")
                  .contains("gnome-keyring-daemon --unlock");
            });
    desk.unlock();
    assertThat(builder.diagnose().health().healthy()).isTrue();
  }

  @Test
  void saysWhyItIsNotChosen_whereThereIsNoBus() {
    Diagnosis diagnosis =
        EnclaveFactory.builder()
            .with(FakeEnvironment.empty().withProperty("os.name", "Linux"))
            .config(new ConfigSource("test", Map.of("enclave.environment", "development")))
            .diagnose();

    assertThat(diagnosis.candidates())
        .anySatisfy(
            candidate -> {
              assertThat(candidate.backend()).isEqualTo(BackendId.OS);
              assertThat(candidate.reason()).contains("no D-Bus session bus", "dbus-run-session");
            });
  }
}

package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.os.internal.linux.LocalSecretService.Keyring;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.SigningBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything that can be wrong with a keyring, on a bus of its own each time. */
@Timeout(300)
class KeyringStatesTest {

  private final Keyring keyring = new Keyring();
  private final Path home;

  KeyringStatesTest(@TempDir Path home) {
    this.home = home;
  }

  /** A desk with a bus alone; each finds the keyring of the one before. */
  KeyringDesk withBus(Path home) {
    return LocalDesk.withBus(home, keyring);
  }

  private KeyringDesk unlocked() {
    KeyringDesk desk = withBus(home);
    desk.startKeyring(true);
    return desk;
  }

  @Test
  void opensTheKeysAgain_inALaterSession() throws Exception {
    try (KeyringDesk desk = unlocked()) {
      Desk.at(desk).withKeys("wallet-1");
    }
    try (KeyringDesk desk = unlocked();
        SigningBackend backend = Desk.at(desk).open()) {
      assertThat(backend.load(KeyName.of("wallet-1"), Desk.call()).versions()).hasSize(1);
      assertThat(backend.health(Desk.call()).findings()).isEmpty();
    }
  }

  @Test
  void saysThatTheKeyringIsLocked_andHowToUnlockIt() throws Exception {
    try (KeyringDesk desk = unlocked()) {
      Desk.at(desk).withKeys("wallet-1");
    }
    try (KeyringDesk desk = withBus(home)) {
      desk.startKeyring(false);

      BackendFailure failure = refusal(Desk.at(desk));

      assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
      assertThat(failure).hasMessageContaining("The keyring is locked. Nobody was asked");
      assertThat(failure).hasMessageContaining("gnome-keyring-daemon --unlock");
    }
  }

  @Test
  void saysThatThePromptCouldNotBeShown_whereNobodyIsThere() throws Exception {
    try (KeyringDesk desk = unlocked()) {
      Desk.at(desk).withKeys("wallet-1");
    }
    try (KeyringDesk desk = withBus(home)) {
      desk.startKeyring(false);

      BackendFailure failure = refusal(Desk.at(desk).with("unlock-timeout", "PT2S"));

      assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
      assertThat(failure.getMessage())
          .containsPattern("prompt was dismissed, or could be shown to nobody|within PT2S");
    }
  }

  @Test
  void saysThatThereIsNoDefaultKeyring() {
    try (KeyringDesk desk = withBus(home)) {
      desk.startKeyring(false);

      BackendFailure failure = refusal(Desk.at(desk));

      assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
      assertThat(failure).hasMessageContaining("no default collection");
      assertThat(Desk.directory(desk).resolve("store.json")).doesNotExist();
    }
  }

  @Test
  void saysThatThereIsNoService() {
    try (KeyringDesk desk = withBus(home)) {
      BackendFailure failure = refusal(Desk.at(desk));

      assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("no Secret Service on it");
    }
  }

  @Test
  void saysThatTheBusIsGone() {
    KeyringDesk desk = withBus(home);
    desk.close();

    BackendFailure failure = refusal(Desk.at(desk));

    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("lets nobody in", "dbus-run-session");
  }

  @Test
  void goesOnSigning_whenTheKeyringDies_andSaysWhatTheNextStartWouldMeet() throws Exception {
    try (KeyringDesk desk = unlocked();
        SigningBackend backend = Desk.at(desk).open()) {
      Desk.at(desk).create(backend, "wallet-1");
      desk.killKeyring();

      Desk.at(desk).create(backend, "wallet-2");

      assertThat(backend.health(Desk.call()).findings())
          .singleElement()
          .satisfies(f -> assertThat(f.severity()).isEqualTo(Severity.WARNING))
          .satisfies(f -> assertThat(f.observed()).contains("the next start would fail"))
          .satisfies(f -> assertThat(f.fix()).contains("enclave keys backup"));
    }
  }

  @Test
  void makesNothing_whenTheSealingKeyCannotBeKept() {
    try (KeyringDesk desk = withBus(home)) {
      refusal(Desk.at(desk));

      assertThat(Files.exists(Desk.directory(desk).resolve("store.json"))).isFalse();
    }
  }

  private static BackendFailure refusal(Desk desk) {
    return catchThrowableOfType(BackendFailure.class, () -> desk.open().close());
  }
}

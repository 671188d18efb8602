package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.os.OsBackendProvider;
import dev.enclave.os.internal.linux.LocalSecretService.Keyring;
import dev.enclave.os.internal.linux.LocalSecretService.User;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.SigningBackend;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A user answers prompts, as nobody does before a keyring without a screen. */
@Timeout(300)
class PromptsTest {

  private final Keyring keyring = new Keyring();
  private final LocalDesk desk;

  PromptsTest(@TempDir Path home) {
    desk = LocalDesk.withBus(home, keyring);
    desk.startKeyring(true);
  }

  @AfterEach
  void leave() {
    desk.close();
  }

  @Test
  void opensALockedKeyring_whenTheUserUnlocksIt() throws Exception {
    Desk store = Desk.at(desk).withKeys("wallet-1").with("unlock-timeout", "PT1M");
    desk.lock();
    keyring.user = User.AGREES;

    store.open().close();
  }

  @Test
  void takesThePromptBack_whenNobodyAnswers() throws Exception {
    Desk store = Desk.at(desk).withKeys("wallet-1").with("unlock-timeout", "PT0.001S");
    desk.lock();
    keyring.user = User.WAITS;

    BackendFailure failure = refusal(store);

    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure).hasMessageContaining("Nobody answered within PT0.001S");
    assertThat(desk.openPrompts()).isZero();
  }

  @Test
  void makesAndRemovesAStore_withTheUsersConsent() throws Exception {
    keyring.careful = true;
    keyring.user = User.AGREES;
    Desk store = Desk.at(desk);
    try (SigningBackend backend = store.open()) {
      KeySnapshot key = store.create(backend, "wallet-1");
      backend
          .capability(KeyStateChanger.class)
          .orElseThrow()
          .changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, Desk.call());
    }
    assertThat(desk.search("application", "enclave")).isNotEmpty();

    new OsBackendProvider().removeStore(store.context());

    assertThat(desk.search("application", "enclave")).isEmpty();
  }

  @Test
  void makesNoStore_withoutTheUsersConsent() {
    keyring.careful = true;

    BackendFailure failure = refusal(Desk.at(desk));

    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure).hasMessageContaining("wanted the user's consent");
    assertThat(desk.search("application", "enclave")).isEmpty();
    assertThat(Desk.directory(desk).resolve("store.json")).doesNotExist();
  }

  private static BackendFailure refusal(Desk desk) {
    return catchThrowableOfType(BackendFailure.class, () -> desk.open().close());
  }
}

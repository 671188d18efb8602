package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.os.OsBackendProvider;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.SigningBackend;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Against real Secret Services other than GNOME's. By {@code scripts/keyrings-test.sh}, which
 * installs them, and nowhere else, not in CI either; there each of them must be.
 */
@EnabledIf(
    value = "areAskedFor",
    disabledReason = "KeePassXC and KWallet: scripts/keyrings-test.sh")
@Timeout(300)
@Tag("full")
class OtherServicesTest {

  private final Path home;

  static boolean areAskedFor() {
    boolean asked = Boolean.getBoolean("enclave.keyrings");
    if (!asked) {
      System.out.println("NOT RUN: KeePassXC and KWallet: scripts/keyrings-test.sh");
    }
    return asked;
  }

  OtherServicesTest(@TempDir Path home) {
    this.home = home;
  }

  @ParameterizedTest
  @EnumSource
  void keepsTheSealingKey_andLeavesTheItemsOfOthers(OtherService service) throws Exception {
    try (RealDesk desk = deskWith(service)) {
      desk.run("another's", "secret-tool", "store", "--label=Mail", "application", "mail");
      at(desk).withKeys("wallet-1", "wallet-2");

      try (SigningBackend backend = at(desk).open()) {
        assertThat(backend.load(KeyName.of("wallet-1"), Desk.call()).versions()).hasSize(1);
        assertThat(backend.health(Desk.call()).findings()).isEmpty();
      }
      assertThat(items(desk)).containsOnlyOnce("label = Enclave sealing key");
      assertThat(desk.run("", "secret-tool", "lookup", "application", "mail"))
          .isEqualTo("another's");
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatIsLost_whenTheItemIsGone(OtherService service) throws Exception {
    try (RealDesk desk = deskWith(service)) {
      at(desk).withKeys("wallet-1");
      desk.run("", "secret-tool", "clear", "application", "enclave");

      BackendFailure failure = refusal(at(desk));

      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(failure).hasMessageContaining("Its only key (wallet-1) cannot be used");
      assertThat(items(desk)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysThatItIsLocked_andOpensWhenItIsNot(OtherService service) throws Exception {
    try (RealDesk desk = deskWith(service)) {
      at(desk).withKeys("wallet-1");
      service.lock(desk);

      BackendFailure failure = refusal(Desk.at(desk));

      assertThat(failure).hasMessageContaining("The keyring is locked");
      assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
      service.unlock(desk);
      at(desk).open().close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSealingKeyBack_whenTheStoreIsRemoved(OtherService service) throws Exception {
    try (RealDesk desk = deskWith(service)) {
      Desk store = at(desk);
      try (SigningBackend backend = store.open()) {
        KeySnapshot key = store.create(backend, "wallet-1");
        backend
            .capability(KeyStateChanger.class)
            .orElseThrow()
            .changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, Desk.call());
      }

      new OsBackendProvider().removeStore(store.context());

      assertThat(items(desk)).isEmpty();
    }
  }

  private RealDesk deskWith(OtherService service) throws Exception {
    assertThat(service.installed())
        .as("%s is not installed: scripts/keyrings-test.sh", service)
        .isTrue();
    RealDesk desk = RealDesk.withBus(home);
    service.start(desk);
    return desk;
  }

  /** A wallet that the login has opened is unlocked by a prompt that asks nobody. */
  private static Desk at(RealDesk desk) {
    return Desk.at(desk).with("unlock-timeout", "PT30S");
  }

  private static String items(RealDesk desk) {
    return desk.run("", "secret-tool", "search", "--all", "application", "enclave");
  }

  private static BackendFailure refusal(Desk desk) {
    return catchThrowableOfType(BackendFailure.class, () -> desk.open().close());
  }
}

package dev.enclave.pkcs11.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.TokenInfo;
import dev.enclave.pkcs11.internal.settings.Pkcs11Settings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PinTest {

  private static final long USUAL = Ck.CKF_LOGIN_REQUIRED | Ck.CKF_USER_PIN_INITIALIZED;

  private static TokenInfo token(long flags) {
    return new TokenInfo("a", "m", "m", "1", flags, 0, 0, 0, 0, 8, 4, "1.0", "1.0");
  }

  private static Pin pin() throws BackendFailure {
    BackendSettings settings =
        new BackendSettings(
            BackendId.PKCS11,
            Map.of("uri", "pkcs11:token=a?module-path=/p.so", "lock-directory", "/locks"));
    return new Pin(
        Pkcs11Settings.of(
            BackendContext.of(
                settings,
                EnvironmentType.DEVELOPMENT,
                FakeEnvironment.empty(),
                new MutableClock(),
                new SecureRandom())),
        "pkcs11:token=a");
  }

  private static BackendFailure refused(long flags) {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> pin().requireSendable(token(USUAL | flags)));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    return failure;
  }

  @Test
  void sendsNoneThatMayBeTheLast_norToATokenThatIsLocked() {
    assertThatCode(() -> pin().requireSendable(token(USUAL))).doesNotThrowAnyException();
    assertThatCode(() -> pin().requireSendable(token(USUAL | Ck.CKF_USER_PIN_COUNT_LOW)))
        .doesNotThrowAnyException();
    assertThat(refused(Ck.CKF_USER_PIN_FINAL_TRY)).hasMessageContaining("none was sent");
    assertThat(refused(Ck.CKF_USER_PIN_LOCKED)).hasMessageContaining("none was sent");
  }

  @Test
  void sendsNoneToATokenWithoutAUserPin() {
    assertThat(
            catchThrowableOfType(
                BackendFailure.class, () -> pin().requireSendable(token(Ck.CKF_LOGIN_REQUIRED))))
        .hasMessageContaining("no user PIN");
  }

  @Test
  void tellsWhatTheTokenTellsOfTheTriesThatAreLeft() {
    assertThat(Pin.left(token(USUAL))).contains("does not say");
    assertThat(Pin.left(token(USUAL | Ck.CKF_USER_PIN_COUNT_LOW))).contains("few tries");
    assertThat(Pin.left(token(USUAL | Ck.CKF_USER_PIN_FINAL_TRY))).contains("One more");
    assertThat(Pin.left(token(USUAL | Ck.CKF_USER_PIN_LOCKED))).contains("locked");
  }
}

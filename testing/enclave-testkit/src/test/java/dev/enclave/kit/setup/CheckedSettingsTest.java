package dev.enclave.kit.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.error.ConfigurationException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SecretSource;
import dev.enclave.spi.SettingSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckedSettingsTest {

  private static final Pattern LETTERS = Pattern.compile("[a-z]+");

  private static CheckedSettings with(String value) {
    return new CheckedSettings(new BackendSettings(BackendId.of("remote"), Map.of("x", value)));
  }

  @Test
  void listsSettings_fromRowsOfAText() {
    assertThat(
            CheckedSettings.specs(
                """
                endpoint: Where it is, for example
                  https://a: 443.
                secret access-token: A token.
                """))
        .containsExactly(
            SettingSpec.of("endpoint", "Where it is, for example https://a: 443."),
            SettingSpec.secret("access-token", "A token."));
  }

  @Test
  void readsWhatTheSourceOfSecretsAnswers_andNothingElse() {
    BackendSettings section = new BackendSettings(BackendId.of("remote"), Map.of("x", "plain"));
    assertThat(new CheckedSettings(section).secret("x")).isEmpty();
    SecretSource source =
        name ->
            Optional.of(SecretBytes.takeOver((name + "?").getBytes(StandardCharsets.UTF_8)))
                .filter(s -> name.equals("enclave.remote.x"));
    assertThat(new CheckedSettings(section.with(source)).secret("x")).contains("enclave.remote.x?");
  }

  @Test
  void takesWhiteSpaceForNothing() throws BackendFailure {
    assertThat(with("  ").text("x")).isEmpty();
    assertThat(with(" abc ").text("x", LETTERS, "Write letters.")).contains("abc");
    assertThat(with(" ").number("x", 1, 2, "Write 1 or 2.")).isEmpty();
    assertThat(with("abc").text("y")).isEmpty();
  }

  @Test
  void readsOriginsSeparatedByCommas() throws BackendFailure {
    assertThat(with("https://a:8443, ,HTTPS://B").origins("x", Origin::parseTls, "Write https."))
        .extracting(Origin::toString)
        .containsExactly("https://a:8443", "https://b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://a", "https://a/path", "https://user@a", "a", "https://a:0"})
  void refusesWhatIsNoOriginByTls(String value) {
    requireRefused(
        value, "Write https.", () -> with(value).origin("x", Origin::parseTls, "Write https."));
  }

  @Test
  void needsAnEndpoint_inProductionAndStagingByTls() throws BackendFailure {
    String plain = "http://localhost:8080";
    String fix = "Set it to https:// and a host, without a path.";
    assertThat(with(plain).requiredOrigin("x", EnvironmentType.DEVELOPMENT)).hasToString(plain);
    for (EnvironmentType strict : List.of(EnvironmentType.PRODUCTION, EnvironmentType.STAGING)) {
      requireRefused(plain, fix, () -> with(plain).requiredOrigin("x", strict));
      assertThat(with("https://a").requiredOrigin("x", strict)).hasToString("https://a");
    }
    assertThatThrownBy(() -> with("  ").requiredOrigin("y", EnvironmentType.LOCAL))
        .isInstanceOf(ConfigurationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6", "31", "-7", "seven", "7.0", "99999999999"})
  void refusesNumbersOutOfBounds(String value) {
    requireRefused(value, "7 to 30.", () -> with(value).number("x", 7, 30, "Write 7 to 30."));
  }

  @Test
  void refusesAnotherForm() {
    requireRefused("A1", "Write letters.", () -> with("A1").text("x", LETTERS, "Write letters."));
  }

  private static void requireRefused(String value, String fix, ThrowingCallable reading) {
    BackendFailure refusal = catchThrowableOfType(BackendFailure.class, reading);
    assertThat(refusal.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(refusal)
        .hasMessageContaining("Setting enclave.remote.x is ")
        .hasMessageContaining(value)
        .hasMessageEndingWith(fix);
  }
}
